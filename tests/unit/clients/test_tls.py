"""Whom each client trusts, and that nothing falls back to no verification."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from clients import kafka, redis, spark_options
from clients.aws import session
from clients.http import trusted
from clients.iceberg import sqlalchemy_url
from clients.postgres import connection_parameters
from core.errors import ConfigurationError
from core.settings import Settings
from core.tls import server_files
from tests.integration.certificates import Authority

CA = Path("/etc/bank/ca.pem")


def settings(**values: Any) -> Settings:
    return Settings.model_validate(values)


@pytest.mark.parametrize(
    ("values", "mode", "ca"),
    [
        ({}, None, None),
        ({"mode": "production"}, "verify-full", "system"),
        ({"mode": "production", "ca_file": CA}, "verify-full", str(CA)),
        ({"mode": "production", "postgres_dsn": "postgresql://h/d?sslmode=disable"}, "disable", None),
        ({"ca_file": CA, "postgres_dsn": "postgresql://h/d?sslmode=verify-full"}, "verify-full", str(CA)),
    ],
)
def test_postgres_is_verified_in_production_unless_the_dsn_says_else(
    values: dict[str, Any], mode: str | None, ca: str | None
) -> None:
    parameters = connection_parameters(settings(**values))
    assert (parameters.get("sslmode"), parameters.get("sslrootcert")) == (mode, ca)


@pytest.fixture
def credentials(tmp_path: Path) -> Path:
    path = tmp_path / "credentials"
    path.write_text("[tipline]\naws_access_key_id = k\naws_secret_access_key = s\n")
    return path


def test_the_lakes_catalog_is_reached_as_the_database_is(tmp_path: Path, credentials: Path) -> None:
    ca_file = Authority(tmp_path).ca_file
    ours = settings(
        mode="production", ca_file=ca_file, data_dir=tmp_path, postgres_user="tipline_batch",
        postgres_dsn="postgresql://db.bank:5433/tipline", aws_shared_credentials_file=credentials,
    )  # fmt: skip
    url = urlsplit(sqlalchemy_url(ours))
    assert (url.username, url.hostname, url.port, url.path) == ("tipline_batch", "db.bank", 5433, "/tipline")
    assert "sslmode=verify-full" in url.query
    options = spark_options.lake_options(ours, cores=1)
    catalog = f"spark.sql.catalog.{spark_options.CATALOG}"
    assert options[f"{catalog}.jdbc.user"] == "tipline_batch"
    jdbc = "jdbc:postgresql://db.bank:5433/tipline?sslmode=verify-full&sslrootcert="
    assert options[f"{catalog}.uri"] == jdbc + quote(str(ca_file), safe="")
    assert "-Djavax.net.ssl.trustStore=" in options["spark.driver.extraJavaOptions"]


def test_kafka_redis_and_http_trust_the_file_or_else_the_systems_and_never_nobody(credentials: Path) -> None:
    ours = settings(
        kafka_security="SSL", kafka_bootstrap="a:1,b:2", ca_file=CA, redis_url="rediss://r/0",
        aws_shared_credentials_file=credentials,
    )  # fmt: skip
    assert kafka.connection(ours) == {
        "bootstrap_servers": ["a:1", "b:2"], "security_protocol": "SSL", "ssl_cafile": str(CA),
    }  # fmt: skip
    assert redis._options(ours)["ssl_ca_certs"] == str(CA)
    assert "ssl_ca_certs" not in redis._options(settings(ca_file=CA))
    assert trusted(settings()) is True
    with pytest.raises(FileNotFoundError):
        trusted(ours)
    assert session(ours)._session.get_config_variable("ca_bundle") == str(CA)


def test_half_a_certificate_does_not_start_a_server() -> None:
    assert server_files(settings()) == {}
    whole = settings(tls_cert=CA, tls_key=Path("/etc/bank/key.pem"))
    assert server_files(whole) == {"ssl_certfile": str(CA), "ssl_keyfile": "/etc/bank/key.pem"}
    for half in ({"tls_cert": CA}, {"tls_key": CA}):
        with pytest.raises(ConfigurationError):
            server_files(settings(**half))


def test_with_a_certificate_our_own_addresses_are_https() -> None:
    ours = settings(tls_cert=CA, tls_key=CA)
    for address in (ours.api_url, ours.intake_url, ours.endpoint_url, ours.glue_url):
        assert address.startswith("https://127.0.0.1:")
    assert settings().api_url.startswith("http://")
