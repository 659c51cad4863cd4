"""The order of starting, the secrets at first run, and the jar sets: what needs no process to be judged."""

from __future__ import annotations

import json
import stat
import tomllib
from configparser import ConfigParser
from pathlib import Path

import pytest

from core.settings import Settings, load_settings
from ops.secrets import ensure_secrets, keys_file
from ops.stack import jars, postgres, s3
from ops.stack.group import in_order
from ops.stack.service import Service


def service(name: str, *after: str) -> Service:
    return Service(name=name, argv=("true",), ready=lambda: True, after=after)


def test_each_service_comes_later_than_those_it_names() -> None:
    ordered = [one.name for one in in_order([service("c", "a", "b"), service("b", "a"), service("a")])]
    assert ordered == ["a", "b", "c"]


def test_a_service_outside_the_set_is_not_waited_for() -> None:
    assert [one.name for one in in_order([service("b", "elsewhere")])] == ["b"]


def test_a_cycle_is_an_error() -> None:
    with pytest.raises(ValueError, match="wait for each other"):
        list(in_order([service("a", "b"), service("b", "a")]))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return ensure_secrets(load_settings(data_dir=tmp_path))


def test_secrets_are_made_once_and_only_for_us(settings: Settings) -> None:
    again = ensure_secrets(load_settings(data_dir=settings.data_dir))
    assert again.postgres_password == settings.postgres_password
    assert len(settings.jwt_secret.get_secret_value()) >= 32
    files = [path for path in settings.data_dir.rglob("*") if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_the_object_store_is_made_only_for_us(settings: Settings) -> None:
    prepare = s3.service(settings).prepare
    assert prepare is not None
    prepare()
    assert stat.S_IMODE((settings.data_dir / s3.NAME).stat().st_mode) == 0o700
    assert (settings.data_dir / s3.NAME / "objects").is_dir()


def test_postgres_logs_no_rows_and_no_statements(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "unprivileged_account", lambda: None)
    assert {"log_error_verbosity=terse", "log_min_error_statement=panic"} <= set(postgres.service(settings).argv)


def test_the_credentials_and_the_servers_keys_agree(settings: Settings) -> None:
    profile = ConfigParser()
    profile.read(settings.aws_shared_credentials_file)
    keys = json.loads(keys_file(settings).read_text())
    for role in ("platform", "stream", "analyst", "compliance"):
        name = "tipline" if role == "platform" else f"tipline-{role}"
        key = {"secret": profile[name]["aws_secret_access_key"], "role": role, "user": role}
        assert keys[profile[name]["aws_access_key_id"]] == key


def test_a_later_start_keeps_the_keys_and_makes_those_that_are_missing(settings: Settings) -> None:
    credentials = settings.aws_shared_credentials_file
    before = credentials.read_text()
    ensure_secrets(settings)
    assert credentials.read_text() == before
    credentials.write_text(before.split("[tipline-analyst]")[0])
    ensure_secrets(settings)
    assert credentials.read_text().startswith(before.split("[tipline-analyst]")[0])
    assert "[tipline-compliance]" in credentials.read_text()


def test_the_first_run_makes_the_demo_source_and_no_feed(settings: Settings) -> None:
    sources = tomllib.loads(settings.sources_file.read_text())
    assert set(sources) == {"webhooks"}
    assert sources["webhooks"]["demo-wire"]["scheme"] == "standard"
    assert sources["webhooks"]["demo-wire"]["keys"][0].startswith("whsec_")


def test_a_jar_set_counts_only_in_the_listed_versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = jars.jar_folder(tmp_path, "kafka")
    folder.mkdir()
    assert not jars.is_complete(tmp_path, "kafka")
    (folder / jars.STAMP).write_text(jars._fingerprint("kafka"))
    assert jars.is_complete(tmp_path, "kafka")
    monkeypatch.setitem(jars.JARS, "kafka", (jars.Jar("org.apache.kafka", "kafka_2.13", "9.9.9"),))
    assert not jars.is_complete(tmp_path, "kafka")
