"""Landing against real S3 and PostgreSQL: versions become rows, manifests are waited for, uploads can be read."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from batch.landing.errors import BadFile
from batch.landing.files import LandedFile, Stray, list_bronze, sync_landed
from batch.landing.layout import MANIFEST_SUFFIX
from batch.landing.reader import read_file
from clients.postgres import Session, connect
from clients.s3 import Store
from core.errors import BadInput, ConfigurationError
from core.settings import Settings, as_environment
from ops import positions_upload

DAY, NEXT = date(2026, 1, 5), date(2026, 1, 6)
KEY = f"fx/date={DAY}/rates.csv"
RATES = b"as_of_date,pair,rate\n2026-01-05,EURUSD,1.0912\n"


class Landing:
    """A bronze bucket of one test, and what landing says about it."""

    def __init__(self, settings: Settings, session: Session) -> None:
        self.settings = settings.model_copy(update={"bronze_bucket": f"bronze-{uuid.uuid4().hex[:12]}"})
        self.session = session
        self.store = Store(settings)
        self.store.ensure_bucket(self.settings.bronze_bucket, versioned=True)

    def put(self, key: str, body: bytes = RATES) -> str:
        return self.store.put(self.settings.bronze_bucket, key, body)

    def put_manifest(self, body: bytes = RATES, rows: int = 1, rate: str = "1.0912") -> str:
        manifest = {"rows": rows, "sha256": hashlib.sha256(body).hexdigest(), "control_sums": {"rate": rate}}
        return self.put(KEY + MANIFEST_SUFFIX, json.dumps(manifest).encode())

    def sync(self, *dates: date, required: bool = False) -> list[LandedFile]:
        settings = self.settings.model_copy(update={"landing_manifest": "required" if required else "optional"})
        return sync_landed(self.session, self.store, settings, dates or None)

    def rows(self, file: LandedFile) -> list[dict[str, object]]:
        return [row for batch in read_file(self.store, file) for row in batch.to_pylist()]

    def reason(self, file: LandedFile) -> str | None:
        row = self.session.execute("SELECT reason FROM landed_files WHERE file_id = %s", (file.file_id,)).fetchone()
        assert row is not None
        return row["reason"]  # type: ignore[no-any-return]

    def mark(self, file: LandedFile, status: str) -> None:
        self.session.execute("UPDATE landed_files SET status = %s WHERE file_id = %s", (status, file.file_id))


@pytest.fixture
def landing(postgres: Settings, s3_server: Settings) -> Iterator[Landing]:
    with connect(postgres) as session:
        yield Landing(postgres, session)


def test_a_new_version_is_registered_once(landing: Landing) -> None:
    version = landing.put(KEY)
    (file,) = landing.sync()
    assert (file.key, file.version_id, file.kind, file.as_of_date, file.size_bytes, file.status) == (
        KEY, version, "fx", DAY, len(RATES), "landed",
    )  # fmt: skip
    assert landing.sync() == [file]
    landing.mark(file, "loaded")
    assert [one.status for one in landing.sync()] == ["loaded"]


def test_a_correction_is_another_file_and_the_first_stays_readable(landing: Landing) -> None:
    landing.put(KEY)
    (first,) = landing.sync()
    landing.put(KEY, RATES.replace(b"1.0912", b"1.0913"))
    (second,) = landing.sync()
    assert first.file_id != second.file_id
    assert [landing.rows(file)[0]["rate"] for file in (first, second)] == ["1.0912", "1.0913"]


def test_only_the_wanted_dates_are_listed(landing: Landing) -> None:
    for day in ("2025-12-31", DAY, NEXT, "2026-01-16"):
        landing.put(f"fx/date={day}/rates.csv")
    landing.put(f"prices/date={NEXT}/prices.csv")
    assert sorted((file.kind, file.as_of_date) for file in landing.sync(DAY, NEXT)) == [
        ("fx", DAY), ("fx", NEXT), ("prices", NEXT),
    ]  # fmt: skip
    assert len(landing.sync()) == 5
    assert sync_landed(landing.session, landing.store, landing.settings, []) == []


def test_keys_that_follow_no_layout_are_reported_and_registered_nowhere(landing: Landing) -> None:
    landing.put(KEY)
    for key in ("rates.csv", "fx/date=2026-02-30/rates.csv", "rates/date=2026-01-05/a.csv", "fx/date=2026-01-05/"):
        landing.put(key, b"" if key.endswith("/") else RATES)
    assert [file.key for file in landing.sync()] == [KEY]
    assert list_bronze(landing.store, landing.settings.bronze_bucket).strays == [
        Stray("fx/date=2026-02-30/rates.csv", "2026-02-30 does not exist"),
        Stray("rates.csv", "the key is not `kind/date=YYYY-MM-DD/name`"),
        Stray("rates/date=2026-01-05/a.csv", "`rates` is none of positions, prices, fx, transactions, instruments"),
    ]
    count = landing.session.execute(
        "SELECT count(*) AS n FROM landed_files WHERE bucket = %s", (landing.settings.bronze_bucket,)
    ).fetchone()
    assert count == {"n": 1}


def test_a_bucket_without_versions_is_refused(landing: Landing, settings: Settings) -> None:
    plain = f"plain-{uuid.uuid4().hex[:12]}"
    landing.store.ensure_bucket(plain)
    with pytest.raises(ConfigurationError, match="not versioned"):
        sync_landed(landing.session, landing.store, settings.model_copy(update={"bronze_bucket": plain}))


def test_a_half_landed_file_waits_for_its_manifest(landing: Landing) -> None:
    landing.put(KEY)
    (waiting,) = landing.sync(required=True)
    assert (waiting.status, landing.reason(waiting)) == ("waiting", "its manifest has not come")
    manifest = landing.put_manifest()
    (landed,) = landing.sync(required=True)
    assert (landed.file_id, landed.status, landed.manifest_version) == (waiting.file_id, "landed", manifest)
    assert landing.reason(landed) is None
    assert landing.rows(landed)[0]["pair"] == "EURUSD"


def test_a_correction_waits_for_a_manifest_of_its_own(landing: Landing) -> None:
    landing.put(KEY)
    landing.put_manifest()
    corrected = RATES.replace(b"1.0912", b"1.0913")
    landing.put(KEY, corrected)
    (file,) = landing.sync(required=True)
    assert (file.status, file.manifest_version) == ("waiting", None)
    assert landing.reason(file) == "its manifest is older than the file: send the manifest again"
    landing.put_manifest(corrected, rate="1.0913")
    (file,) = landing.sync(required=True)
    assert file.status == "landed"
    assert landing.rows(file)[0]["rate"] == "1.0913"


def test_a_wrong_manifest_refuses_the_file_until_another_comes(landing: Landing) -> None:
    landing.put(KEY)
    landing.put_manifest(rows=2)
    (file,) = landing.sync()
    with pytest.raises(BadFile) as refused:
        landing.rows(file)
    assert str(refused.value) == f"{KEY}: 1 rows came, the manifest says 2"
    landing.mark(file, "failed")
    assert [one.status for one in landing.sync()] == ["failed"]
    landing.put_manifest()
    (again,) = landing.sync()
    assert (again.file_id, again.status) == (file.file_id, "landed")
    assert len(landing.rows(again)) == 1


def test_a_refused_file_is_named_with_its_line(landing: Landing) -> None:
    landing.put(KEY, RATES + b"2026-01-05,EURCHF,0.93\n2026-01-05,EUR")
    (file,) = landing.sync()
    with pytest.raises(BadFile, match=f"^{KEY}:4: the file ends in the middle of a row"):
        landing.rows(file)


def test_upload_sends_a_file_and_its_manifest(
    landing: Landing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in as_environment(landing.settings).items():
        monkeypatch.setenv(name, value)
    app = typer.Typer()
    positions_upload.register(app)
    file = tmp_path / "rates.csv"
    file.write_bytes(RATES)
    arguments = [str(file), "--date", "2026-01-05", "--kind", "fx"]
    plain = CliRunner().invoke(app, arguments)
    assert plain.exit_code == 0, plain.output
    counted = CliRunner().invoke(app, [*arguments, "--manifest"])
    assert counted.exit_code == 0, counted.output
    said = json.loads(counted.stdout)
    assert said["key"] == KEY
    assert said["version_id"] != json.loads(plain.stdout)["version_id"]
    (landed,) = landing.sync(required=True)
    assert (landed.version_id, landed.status) == (said["version_id"], "landed")
    assert landing.rows(landed)[0]["rate"] == "1.0912"
    file.write_bytes(RATES + b"half a row")
    refused = CliRunner().invoke(app, [*arguments, "--manifest"])
    assert isinstance(refused.exception, BadInput)
    assert [one.version_id for one in landing.sync()] == [said["version_id"]]
