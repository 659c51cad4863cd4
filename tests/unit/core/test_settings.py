from pathlib import Path

import pytest

from core.settings import as_environment, load_settings


def test_addresses_follow_the_ports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIPLINE_KAFKA_PORT", "19092")
    settings = load_settings(data_dir=tmp_path)
    assert settings.kafka_bootstrap == "127.0.0.1:19092"
    assert settings.sources_file == tmp_path / "sources.toml"


def test_an_address_set_on_purpose_wins(tmp_path: Path) -> None:
    assert load_settings(data_dir=tmp_path, kafka_bootstrap="msk:9094").kafka_bootstrap == "msk:9094"


def test_secrets_come_from_files_and_stay_out_of_text(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "tipline_jwt_secret").write_text("very-secret")
    settings = load_settings(data_dir=tmp_path)
    assert settings.jwt_secret.get_secret_value() == "very-secret"
    assert "very-secret" not in repr(settings)


def test_a_child_gets_the_same_settings_and_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parent = load_settings(data_dir=tmp_path, redis_port=7777, jwt_secret="very-secret", stream_batch_s=7)
    environment = as_environment(parent)
    assert "very-secret" not in environment.values()
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    child = load_settings()
    assert (child.data_dir, child.redis_url, child.stream_batch_s) == (tmp_path, parent.redis_url, 7)
