"""TLS end to end with a made CA: our servers speak it, and our clients talk to nobody whom that CA did not sign."""

from __future__ import annotations

import gc
import json
import logging
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.config import Config

from clients import redis
from clients.aws import glue, session, translated
from clients.iceberg import open_catalog
from clients.java_trust import java_options
from clients.kafka import Consumer, Producer, ensure_topics
from clients.postgres import connect
from core.errors import DependencyUnavailable
from core.settings import Settings, as_environment, load_settings
from core.topics import Topic
from ops.drill.product import free_ports
from ops.stack import kafka
from ops.stack.group import ProcessGroup
from ops.stack.java import java
from ops.stack.service import Service, tcp_probe
from tests.integration.certificates import Authority, tls_front
from tests.integration.conftest import ROOT
from tests.integration.gateway import CSRF, PASSWORD, Bank, gateway_service
from tests.integration.terminal import read_until, watch

LOOPBACK = "127.0.0.1"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("stranger"), "Another CA")


@pytest.fixture(scope="module")
def shielded(
    postgres: Settings, redis_server: Settings, s3_server: Settings, authority: Authority
) -> Iterator[Settings]:
    """The same stores behind TLS, with our own CA: PostgreSQL as production demands it."""
    certificate = authority.issue(LOOPBACK)
    with ExitStack() as fronts:
        database = fronts.enter_context(tls_front(certificate, postgres.postgres_port, postgres=True))
        cache = fronts.enter_context(tls_front(certificate, postgres.redis_port))
        objects = fronts.enter_context(tls_front(certificate, postgres.s3_port))
        yield postgres.model_copy(
            update={
                "ca_file": authority.ca_file,
                "mode": "production",
                "postgres_dsn": f"postgresql://{LOOPBACK}:{database}/tipline",
                "redis_url": f"rediss://{LOOPBACK}:{cache}/0",
                "s3_url": f"https://{LOOPBACK}:{objects}",
            }
        )


def ask_postgres(settings: Settings) -> None:
    with connect(settings) as connection:
        connection.execute("SELECT 1")


def ask_catalog(settings: Settings) -> None:
    with closing(open_catalog(settings)) as catalog:
        catalog.list_namespaces()


def ask_redis(settings: Settings) -> None:
    client = redis.connect(settings)
    try:
        assert client.ping()
    except redis.RedisError as error:
        raise DependencyUnavailable(str(error)) from error
    finally:
        client.close()


def ask_s3(settings: Settings) -> None:
    once = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
    client = session(settings).client("s3", endpoint_url=settings.s3_url, config=once)
    with translated("s3"):
        client.list_buckets()


ASK: list[Callable[[Settings], None]] = [ask_postgres, ask_redis, ask_s3]


@pytest.mark.parametrize("ask", [*ASK, ask_catalog])
def test_a_client_talks_over_tls_to_a_server_that_our_ca_signed(
    ask: Callable[[Settings], None], shielded: Settings
) -> None:
    ask(shielded)


@pytest.mark.parametrize("ask", ASK)
def test_a_client_refuses_a_server_that_another_ca_signed(
    ask: Callable[[Settings], None], shielded: Settings, stranger: Authority
) -> None:
    with pytest.raises(DependencyUnavailable, match=r"(?i)certificate|SSL"):
        ask(shielded.model_copy(update={"ca_file": stranger.ca_file}))


@pytest.mark.parametrize("ask", ASK)
def test_a_client_refuses_a_certificate_of_another_host(
    ask: Callable[[Settings], None], shielded: Settings, authority: Authority
) -> None:
    elsewhere = authority.issue("elsewhere.bank.example")
    with ExitStack() as fronts:
        database = fronts.enter_context(tls_front(elsewhere, shielded.postgres_port, postgres=True))
        cache = fronts.enter_context(tls_front(elsewhere, shielded.redis_port))
        objects = fronts.enter_context(tls_front(elsewhere, shielded.s3_port))
        moved = {
            "postgres_dsn": f"postgresql://{LOOPBACK}:{database}/tipline",
            "redis_url": f"rediss://{LOOPBACK}:{cache}/0",
            "s3_url": f"https://{LOOPBACK}:{objects}",
        }
        with pytest.raises(DependencyUnavailable, match=r"(?i)certificate|does not match|SSL"):
            ask(shielded.model_copy(update=moved))


def test_a_jvm_trusts_the_same_authority(postgres: Settings, authority: Authority, tmp_path: Path) -> None:
    options = java_options(postgres.model_copy(update={"ca_file": authority.ca_file, "data_dir": tmp_path})).split()
    given = dict(one.removeprefix("-Djavax.net.ssl.").split("=", 1) for one in options)
    keytool = str(Path(java()).with_name("keytool"))
    listing = subprocess.run(
        [keytool, "-list", "-keystore", given["trustStore"], "-storepass", given["trustStorePassword"]],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert listing.count("trustedCertEntry") == 1


def test_in_production_postgres_without_tls_is_refused(postgres: Settings) -> None:
    with pytest.raises(DependencyUnavailable, match="SSL"):
        ask_postgres(postgres.model_copy(update={"mode": "production"}))


# kafka-python leaves the socket of a handshake that failed to the garbage collector.
@pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning")
def test_kafka_over_ssl(
    postgres: Settings, authority: Authority, stranger: Authority, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    # The record of a failed handshake would keep its socket beyond this test.
    caplog.set_level(logging.CRITICAL, "kafka")
    certificate = authority.issue(LOOPBACK)
    broker, controller = free_ports(2)
    settings = load_settings(
        data_dir=tmp_path, jars_dir=postgres.jars_dir, kafka_port=broker, kafka_controller_port=controller,
        kafka_security="SSL", tls_cert=certificate.cert, tls_key=certificate.key, ca_file=authority.ca_file,
    )  # fmt: skip
    group = ProcessGroup([kafka.service(settings)], tmp_path)
    try:
        group.start_all()
        ensure_topics(settings, [Topic("shielded", partitions=1)])
        with closing(Producer(settings)) as producer, closing(Consumer(settings, ["shielded"], group="g")) as consumer:
            producer.send_and_wait("shielded", b"over TLS")
            values: list[bytes] = []
            while not values:
                values = [record.value for record in consumer.poll(5)]
        assert values == [b"over TLS"]
        with pytest.raises(DependencyUnavailable):
            Producer(settings.model_copy(update={"ca_file": stranger.ca_file}), request_timeout_s=2)
        with pytest.raises(DependencyUnavailable):
            Producer(settings.model_copy(update={"kafka_security": "PLAINTEXT"}), request_timeout_s=2)
        gc.collect()
    finally:
        group.stop_all()


@pytest.fixture(scope="module")
def own_servers(redis_server: Settings, s3_server: Settings, postgres: Settings, authority: Authority) -> Iterator[Any]:
    """The gateway, the intake and the Glue facade with a certificate of our CA, by their addresses."""
    certificate = authority.issue(LOOPBACK)
    api, intake, facade = free_ports(3)
    settings = postgres.model_copy(
        update={
            "tls_cert": certificate.cert,
            "tls_key": certificate.key,
            "ca_file": authority.ca_file,
            "intake_port": intake,
            "facade_port": facade,
            "glue_url": f"https://{LOOPBACK}:{facade}",
        }
    )
    environment = {**as_environment(settings), "TIPLINE_TLS_CERT": str(certificate.cert)}
    services = [
        Service(f"tls-{name}", (sys.executable, "-m", module), tcp_probe(LOOPBACK, port), env=environment, cwd=ROOT)
        for name, module, port in (("intake", "streaming.intake", intake), ("glue", "ops.facade", facade))
    ]
    gateway = gateway_service(settings, "tls-api", api)
    gateway = Service(gateway.name, gateway.argv, tcp_probe(LOOPBACK, api), env=gateway.env, port=api)
    group = ProcessGroup([*services, gateway], settings.data_dir)
    try:
        group.start_all()
        yield settings, {"api": api, "intake": intake, "glue": facade}
    finally:
        group.stop_all()


def test_our_servers_speak_tls_alone_with_our_certificate(own_servers: Any, authority: Authority) -> None:
    _, ports = own_servers
    trusting = ssl.create_default_context(cafile=str(authority.ca_file))
    for port in ports.values():
        assert httpx.get(f"https://{LOOPBACK}:{port}/livez", verify=trusting).status_code in (200, 404)
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            httpx.get(f"https://{LOOPBACK}:{port}/livez")
        with pytest.raises(httpx.TransportError):
            httpx.get(f"http://{LOOPBACK}:{port}/livez")
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.load_verify_locations(authority.ca_file)
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        with (
            socket.create_connection((LOOPBACK, port)) as plain,
            old.wrap_socket(plain, server_hostname=LOOPBACK) as it,
        ):
            assert it.version() == "TLSv1.2"


def test_a_browser_is_told_to_stay_with_https_and_gets_a_host_bound_cookie(
    own_servers: Any, authority: Authority
) -> None:
    settings, ports = own_servers
    person = Bank(settings.model_copy(update={"ca_file": None})).person()
    trusting = ssl.create_default_context(cafile=str(authority.ca_file))
    with httpx.Client(base_url=f"https://{LOOPBACK}:{ports['api']}", verify=trusting, headers=CSRF) as client:
        reply = client.post("/api/v1/session", json={"rm_id": person.rm_id, "password": PASSWORD})
        assert reply.headers["strict-transport-security"].startswith("max-age=31536000")
        name, *attributes = reply.headers["set-cookie"].lower().split("; ")
        assert name.startswith("__host-tipline_session=")
        assert {"secure", "httponly", "path=/", "samesite=strict"} <= set(attributes)
        assert client.get("/api/v1/me").json()["rm_id"] == person.rm_id


def test_the_terminal_follows_a_demo_log_in_over_tls(own_servers: Any, stranger: Authority, tmp_path: Path) -> None:
    settings, ports = own_servers
    bank = Bank(settings.model_copy(update={"ca_file": None}))
    person, url = bank.person(), f"https://{LOOPBACK}:{ports['api']}"
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "demo_users.json").write_text(json.dumps({person.rm_id: PASSWORD}))
    elsewhere = settings.model_copy(update={"data_dir": tmp_path})
    with watch(elsewhere, url, "--rm", person.rm_id, "--count", "1") as process:
        read_until(process, "live")
        alert = bank.alert(person.clients[0])
        assert read_until(process, "alert")["alert"]["alert_id"] == str(alert.alert_id)
        assert process.wait(30) == 0
    with watch(elsewhere.model_copy(update={"ca_file": stranger.ca_file}), url, "--rm", person.rm_id) as process:
        assert read_until(process, "live", "cut")["type"] == "cut"


def test_boto3_asks_our_facade_over_tls(own_servers: Any) -> None:
    settings, _ = own_servers
    with closing(glue(settings)) as client:
        assert "Jobs" in client.get_jobs()
