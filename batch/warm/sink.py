"""One topic into one table: gathers records, and commits rows and offsets together."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

import pyarrow as pa

from batch.tables import LakeTable
from batch.warm.records import Draft, alert_drafts, article_drafts, decision_drafts, sealed_rows
from batch.warm.tables import WARM_TABLES
from clients.client_keys import ClientKeys
from clients.iceberg import SqlCatalog, append_after, load_table
from clients.kafka import Record
from clients.postgres import connect
from core.settings import Settings
from core.topics import ENRICHED_ALERTS, RAW_NEWS, RESOLVER_DECISIONS

# The table property with the topic's id and the next offset of each partition. Each commit moves it with the rows, so
# it outlives compaction and the expiry of snapshots; a snapshot's summary has a copy, to tell which records it brought.
OFFSETS = "tipline.kafka-offsets"
MAX_ROWS = 20_000
MAX_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Feed:
    """A topic, the table it fills, and how its records become rows."""

    topic: str
    table: LakeTable
    drafts: Callable[[Record], list[Draft]]


def feeds() -> list[Feed]:
    """Return what the warm tier keeps."""
    articles, alerts, decisions = WARM_TABLES
    return [
        Feed(RAW_NEWS, articles, article_drafts),
        Feed(ENRICHED_ALERTS, alerts, alert_drafts),
        Feed(RESOLVER_DECISIONS, decisions, decision_drafts),
    ]


class Sink:
    """The records of one feed since its last commit, and the offsets that the table has."""

    def __init__(self, settings: Settings, feed: Feed, catalog: SqlCatalog, keys: ClientKeys, topic_id: str) -> None:
        self.feed = feed
        self._settings = settings
        self._keys = keys
        self._topic_id = topic_id
        self._table = load_table(catalog, feed.table.name)
        self._stored = self._table.properties.get(OFFSETS)
        self._records: list[Record] = []
        self._size_bytes = 0
        self._since = 0.0
        self.offsets = _read(self._stored, topic_id)

    @property
    def waiting(self) -> int:
        """How many records are not committed yet."""
        return len(self._records)

    @property
    def anew(self) -> bool:
        """Say whether the topic was made anew since the last commit, so that its offsets count from nothing."""
        return self._stored is not None and json.loads(self._stored)["topic_id"] != self._topic_id

    @property
    def full(self) -> bool:
        """Say whether nothing more may be gathered before a commit."""
        return len(self._records) >= MAX_ROWS or self._size_bytes >= MAX_BYTES

    @property
    def due(self) -> bool:
        """Say whether the oldest record has waited long enough, or the room is used up."""
        aged = bool(self._records) and monotonic() - self._since >= self._settings.warm_commit_s
        return aged or self.full

    def add(self, record: Record) -> None:
        """Gather one record."""
        if not self._records:
            self._since = monotonic()
        self._records.append(record)
        self._size_bytes += len(record.value)
        self.offsets[record.partition] = record.offset + 1

    def commit(self) -> int:
        """Write what was gathered and return how many rows that made; what it may raise leaves the table as it was.

        Raises Conflict when another writer moved the offsets, DependencyUnavailable when a server was lost: then only
        the table knows how far it is, and a new sink has to be made.
        """
        rows = self._rows()
        if rows:
            after = json.dumps({"topic_id": self._topic_id, "offsets": self.offsets}, sort_keys=True)
            append_after(
                self._table,
                pa.Table.from_pylist(rows, schema=self.feed.table.schema),
                marker=OFFSETS,
                before=self._stored,
                after=after,
                summary={OFFSETS: after},
            )
            self._stored = after
        self._records, self._size_bytes = [], 0
        return len(rows)

    def _rows(self) -> list[dict[str, object]]:
        drafts = [draft for record in self._records for draft in self.feed.drafts(record)]
        tokens = {self._keys.token(draft.client_id) for draft in drafts if draft.secret is not None}
        if not tokens:
            return [draft.columns for draft in drafts]
        with connect(self._settings) as session:
            keys = self._keys.keys(session, tokens)
        return sealed_rows(drafts, self.feed.table.name, keys, self._keys.token)


def _read(stored: str | None, topic_id: str) -> dict[int, int]:
    known = json.loads(stored) if stored else {}
    if known.get("topic_id") != topic_id:
        return {}
    return {int(partition): offset for partition, offset in known["offsets"].items()}
