"""Old partitions reach the cold tier whole, checked and sealed, before they leave the lake, whatever is killed."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pyarrow as pa
import pytest

from batch import tiering
from batch.cold_files import folder, read_manifests
from batch.lake import Lake
from batch.tables import TABLES, ensure_tables
from batch.tiering import Tiering, open_sealed
from batch.warm.tables import WARM_TABLES
from clients.aws import s3
from clients.client_keys import ClientKeys
from clients.iceberg import load_table, partitions
from clients.postgres import Session
from core.errors import DependencyUnavailable
from tests.integration.router_process import until

POSITIONS = next(table for table in TABLES if table.name == "silver.positions")
ALERTS = next(table for table in WARM_TABLES if table.name == "silver.alerts")
# Before every other test's days: a run of the move takes whatever is old in the lake that all tests share.
OLD, TODAY = date(1971, 4, 1), date(1972, 6, 1)


def position(day: date, client: str, quantity: str) -> dict[str, Any]:
    return {
        "as_of_date": day, "client_id": client, "account_id": f"{client}-1", "id_type": "ISIN",
        "instrument_id": "US0378331005", "quantity": Decimal(quantity), "price_ccy": "USD", "base_ccy": "EUR",
        "file_id": "f", "line": 2,
    }  # fmt: skip


def write(lake: Lake, rows: list[dict[str, Any]]) -> None:
    load_table(lake.catalog, POSITIONS.name).append(pa.Table.from_pylist(rows, schema=POSITIONS.schema))


def days(lake: Lake) -> list[date]:
    return partitions(load_table(lake.catalog, POSITIONS.name), "as_of_date")


def manifests(lake: Lake, day: date) -> list[dict[str, Any]]:
    return read_manifests(lake.store, lake.settings.archive_bucket, POSITIONS.name, day)


def cold_rows(lake: Lake, day: date) -> list[dict[str, Any]]:
    """Restore a day's parts as an auditor would, check them against the manifests, and return their rows."""
    rows = []
    for manifest in manifests(lake, day):
        for part in manifest["parts"]:
            restored = _restored(lake, part["key"])
            assert hashlib.sha256(restored).hexdigest() == part["sha256"]
            lines = gzip.decompress(restored).splitlines()
            assert (len(restored), len(lines)) == (part["size_bytes"], part["rows"])
            rows += [orjson.loads(line) for line in lines]
    return rows


def _restored(lake: Lake, key: str) -> bytes:
    client, bucket = s3(lake.settings), lake.settings.archive_bucket
    assert client.head_object(Bucket=bucket, Key=key)["StorageClass"] == "GLACIER"
    client.restore_object(
        Bucket=bucket, Key=key, RestoreRequest={"Days": 1, "GlacierJobParameters": {"Tier": "Expedited"}}
    )
    until(lambda: 'ongoing-request="false"' in client.head_object(Bucket=bucket, Key=key).get("Restore", ""))
    return client.get_object(Bucket=bucket, Key=key)["Body"].read()


@pytest.fixture
def session(lake: Lake) -> Iterator[Session]:
    with lake.open_session() as opened:
        yield opened


@pytest.fixture
def movers(lake: Lake, session: Session) -> Tiering:
    ensure_tables(lake.settings, lake.catalog, WARM_TABLES)
    return Tiering(lake.settings, lake.catalog, lake.store, session)


def test_an_old_day_leaves_whole_and_sealed_and_a_young_one_stays(
    lake: Lake, session: Session, movers: Tiering
) -> None:
    young = TODAY - timedelta(days=lake.settings.warm_days)
    write(lake, [position(OLD, "C-COLD-1", "1.500000"), position(OLD, "C-COLD-2", "-2")])
    write(lake, [position(young, "C-COLD-1", "3")])
    assert movers.run(TODAY) == [f"silver.positions/{OLD}"]
    assert OLD not in days(lake)
    assert young in days(lake)

    rows = cold_rows(lake, OLD)
    assert "C-COLD" not in json.dumps(rows)
    keys = ClientKeys.from_settings(lake.settings)
    opened = {}
    for row in rows:
        key = keys.keys(session, [row["client_token"]])[row["client_token"]]
        assert key is not None
        opened[orjson.loads(open_sealed(POSITIONS.name, row, key))["account_id"]] = row["quantity"]
    assert opened == {"C-COLD-1-1": "1.500000", "C-COLD-2-1": "-2.000000"}

    assert movers.run(TODAY) == []
    (manifest,) = manifests(lake, OLD)
    assert (manifest["rows"], manifest["sealed"]) == (2, ["client_id", "account_id"])


def test_a_kill_before_the_delete_writes_nothing_twice(
    lake: Lake, movers: Tiering, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = OLD + timedelta(days=1)
    write(lake, [position(day, "C-COLD-3", "1")])

    def killed(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(tiering, "drop_partition", killed)
        with pytest.raises(KeyboardInterrupt):
            movers.move(POSITIONS, day)
    assert day in days(lake)
    assert movers.move(POSITIONS, day) == 1
    assert day not in days(lake)
    assert [manifest["rows"] for manifest in manifests(lake, day)] == [1]


def test_a_kill_between_parts_and_manifest_leaves_one_valid_set(
    lake: Lake, movers: Tiering, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = OLD + timedelta(days=2)
    write(lake, [position(day, "C-COLD-4", "1")])
    put = lake.store.put

    def killed(bucket: str, key: str, body: Any, **options: Any) -> str:
        if "manifest" in key:
            raise KeyboardInterrupt
        return put(bucket, key, body, **options)

    # An instance's attribute, so that this store alone dies.
    monkeypatch.setattr(lake.store, "put", killed)
    with pytest.raises(KeyboardInterrupt):
        movers.move(POSITIONS, day)
    monkeypatch.undo()
    assert day in days(lake)
    movers.move(POSITIONS, day)
    assert [(manifest["rows"], len(manifest["parts"])) for manifest in manifests(lake, day)] == [(1, 1)]
    assert day not in days(lake)


def test_later_rows_of_a_day_that_left_follow_with_a_manifest_of_their_own(lake: Lake, movers: Tiering) -> None:
    day = OLD + timedelta(days=3)
    for client in ("C-COLD-5", "C-COLD-6"):
        write(lake, [position(day, client, "1")])
        movers.move(POSITIONS, day)
    found = manifests(lake, day)
    assert [(manifest["number"], manifest["rows"]) for manifest in found] == [(1, 1), (2, 1)]
    assert len({part["key"] for manifest in found for part in manifest["parts"]}) == 2


def test_an_object_that_the_store_holds_otherwise_keeps_the_day_in_the_lake(
    lake: Lake, movers: Tiering, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = OLD + timedelta(days=4)
    write(lake, [position(day, "C-COLD-7", "1")])
    monkeypatch.setattr(lake.store, "sha256", lambda *_place: (0, None))
    with pytest.raises(DependencyUnavailable, match="not what was sent"):
        movers.move(POSITIONS, day)
    assert day in days(lake)
    assert not manifests(lake, day)
    monkeypatch.undo()
    movers.move(POSITIONS, day)
    assert day not in days(lake)


def test_sealed_rows_of_the_warm_tier_leave_as_they_are(lake: Lake, movers: Tiering) -> None:
    day = OLD + timedelta(days=5)
    row = {"received_date": day, "client_token": "ab", "record": b"\x01\x02", "kafka_partition": 0, "kafka_offset": 1}
    load_table(lake.catalog, ALERTS.name).append(pa.Table.from_pylist([row], schema=ALERTS.schema))
    assert movers.move(ALERTS, day) == 1
    assert [each.key for each in lake.store.newest(lake.settings.archive_bucket, folder(ALERTS.name, day))] == [
        f"cold/silver.alerts/date={day}/manifest-1.json",
        f"cold/silver.alerts/date={day}/part-1.jsonl.gz",
    ]
