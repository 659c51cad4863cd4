"""From Kafka records to rows of the warm tables: parsed, what identifies a client sealed, nothing left out."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from pydantic import ValidationError

from clients.kafka import Record
from core.errors import BadInput, NotFound
from core.events import Article, Decision, EnrichedArticle, Event, Retraction
from core.sealing import DataKey

Row = dict[str, Any]
Keys = Mapping[str, DataKey | None]
Parsed = TypeVar("Parsed", bound=Event)
SEALED_COLUMN = "record"
ERASED = "the client was erased"
# A record that the retry mover put back into its topic: its first try is in the table already.
RETRY_HEADER = "attempts"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Draft:
    """A row to be: its open columns, and the bytes to be sealed for one client (None: for nobody we know)."""

    columns: Row
    client_id: str | None = None
    secret: bytes | None = None


def article_drafts(record: Record) -> list[Draft]:
    """Make the one row of a `news.article.v1` record; none where the retry mover repeats one."""
    if RETRY_HEADER in record.headers:
        return []
    try:
        article = _parse(Article, record.value)
    except BadInput as error:
        return [Draft(_source(record, error.message) | {"raw": record.value})]
    # A JSON record's fields are the table's columns.
    return [Draft(_source(record) | {name: getattr(article, name) for name in _PLAIN} | _tags(article))]


def alert_drafts(record: Record) -> list[Draft]:
    """Make the row of an `enriched.v1` record, or the rows of a retraction: one for each client it names."""
    try:
        kind = _kind(record.value)
        if kind == "retraction":
            return _retraction_drafts(record, _parse(Retraction, record.value))
        enriched = _parse(EnrichedArticle, record.value)
    except BadInput as error:
        # The key of an alert is its client: a broken one is erased with the client's others.
        owner = record.key.decode(errors="replace") if record.key else None
        return [Draft(_source(record, error.message), owner, record.value)]
    columns = {
        "kind": "enriched", "severity": enriched.severity, "topic": enriched.topic, "relevance": enriched.relevance,
        "score": enriched.match.score, "resolver": enriched.versions.resolver,
    }  # fmt: skip
    return [Draft(_source(record) | columns, enriched.client_id, record.value)]


def decision_drafts(record: Record) -> list[Draft]:
    """Make the row of a `resolver.decision.v1` record."""
    try:
        decision = _parse(Decision, record.value)
    except BadInput as error:
        return [Draft(_source(record, error.message), None, record.value)]
    columns = {
        "decision": decision.decision, "identity": decision.identity, "aboutness": decision.aboutness,
        "relevance": decision.relevance, "resolver": decision.versions.resolver, "decided_at": decision.decided_at,
    }  # fmt: skip
    return [Draft(_source(record) | columns, decision.client_id, record.value)]


def sealed_rows(drafts: Iterable[Draft], table: str, keys: Keys, token: Callable[[str | None], str]) -> list[Row]:
    """Return the rows of a table, each draft's bytes sealed for its client; those of an erased client are dropped."""
    rows = []
    for draft in drafts:
        row = dict(draft.columns)
        if draft.secret is not None:
            row["client_token"] = token(draft.client_id)
            key = keys[row["client_token"]]
            if key is None:
                row["malformed"] = ERASED
            else:
                row[SEALED_COLUMN] = key.seal(table, SEALED_COLUMN, zlib.compress(draft.secret))
        rows.append(row)
    return rows


def open_record(table: str, row: Row, key: DataKey | None) -> bytes:
    """Return a sealed row's record as it came from Kafka; NotFound once the client is erased."""
    if key is None or row[SEALED_COLUMN] is None:
        raise NotFound("the client was erased", code="client_erased")
    return zlib.decompress(key.open(table, SEALED_COLUMN, row[SEALED_COLUMN]))


_PLAIN = (
    "article_id", "provider", "revision", "action", "published_at", "received_at", "headline", "body", "language",
    "url", "publisher", "embargo_until", "content_hash", "trace_id",
)  # fmt: skip
_TAGGED = ("people", "organisations", "instruments", "topics")


def _tags(article: Article) -> Row:
    return {name: [tag.model_dump() for tag in getattr(article, name)] for name in _TAGGED}


def _retraction_drafts(record: Record, retraction: Retraction) -> list[Draft]:
    columns = _source(record) | {"kind": "retraction"}
    if not retraction.matched_client_ids:
        return [Draft(columns, None, record.value)]
    # No row may tell of one client what is sealed for another.
    return [
        Draft(columns, client, retraction.model_copy(update={"matched_client_ids": (client,)}).to_json())
        for client in sorted(set(retraction.matched_client_ids))
    ]


def _source(record: Record, malformed: str | None = None) -> Row:
    moment = _moment(record.timestamp_ms)
    return {
        "received_date": moment.date(), "malformed": malformed, "kafka_partition": record.partition,
        "kafka_offset": record.offset, "kafka_at": moment,
    }  # fmt: skip


def _moment(timestamp_ms: int) -> datetime:
    """Return a record's time; producers may set any number, and what is no date counts as none at all."""
    try:
        return datetime.fromtimestamp(timestamp_ms / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return _EPOCH


def _kind(value: bytes) -> str:
    try:
        return str(json.loads(value).get("kind", "enriched"))
    except (ValueError, AttributeError, RecursionError):
        raise BadInput("not a JSON object", code="unparseable_record") from None


def _parse(kind: type[Parsed], value: bytes) -> Parsed:
    try:
        return kind.model_validate_json(value)
    except ValidationError as error:
        # pydantic's message quotes the input, which may hold a client's name.
        where = ", ".join(sorted({".".join(map(str, problem["loc"])) or problem["type"] for problem in error.errors()}))
        raise BadInput(f"not a {kind.__name__} record: {where}", code="unparseable_record") from None
