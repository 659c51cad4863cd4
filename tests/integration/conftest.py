"""The real servers, each started when a test first asks for it, on free ports and in a directory of this run."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from pathlib import Path

import pytest

from batch.lake import Lake, open_lake
from clients.kafka import ensure_topics
from clients.postgres import migrate
from core.settings import Settings, load_settings
from core.topics import TOPICS
from ops.secrets import ensure_secrets
from ops.stack.embedded import embedded_services
from ops.stack.group import ProcessGroup
from tests.integration.gateway import Bank, running_gateways

ROOT = Path(__file__).parents[2]
PORT_FIELDS = tuple(name for name in Settings.model_fields if name.endswith("_port"))
# Below those that the kernel hands out, above those that Ray does; processes that start one after the other are apart.
PORTS_FROM, PORTS_A_PROCESS, PROCESSES = 20_000, 250, 50


def own_ports(count: int) -> list[int]:
    """Return free ports that no other worker takes: some are bound only minutes later, when a server is asked for."""
    return list(islice(_own_range(), count))


@cache
def _own_range() -> Iterator[int]:
    first = PORTS_FROM + os.getpid() % PROCESSES * PORTS_A_PROCESS
    return filter(_is_free, iter(range(first, first + PORTS_A_PROCESS)))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def make_settings(data_dir: Path) -> Settings:
    """Return settings of a fresh data directory with free ports, made secrets and the repository's jar cache."""
    ports = dict(zip(PORT_FIELDS, own_ports(len(PORT_FIELDS)), strict=True))
    return ensure_secrets(load_settings(data_dir=data_dir, jars_dir=ROOT / ".tipline" / "jars", **ports))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let tests of the lake pass over PySpark's sockets: it leaves that of each `collect` to the garbage collector."""
    for item in items:
        if "lake" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"))


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return make_settings(tmp_path_factory.mktemp("tipline"))


@pytest.fixture(scope="session")
def stack(settings: Settings) -> Iterator[ProcessGroup]:
    """The four servers, none started yet; tests may kill and restart them through it."""
    group = ProcessGroup(embedded_services(settings), settings.data_dir)
    yield group
    group.stop_all()


@pytest.fixture(scope="session")
def started(stack: ProcessGroup) -> Callable[[str], None]:
    def start(name: str) -> None:
        stack.start(name)
        stack.wait_ready(name)

    return start


@pytest.fixture(scope="session")
def postgres(started: Callable[[str], None], settings: Settings) -> Settings:
    """The migrated database."""
    started("postgres")
    migrate(settings, ROOT / "contracts" / "sql")
    return settings


@pytest.fixture(scope="session")
def redis_server(started: Callable[[str], None], settings: Settings) -> Settings:
    started("redis")
    return settings


@pytest.fixture(scope="session")
def kafka_server(started: Callable[[str], None], settings: Settings) -> Settings:
    """The broker with the project's topics."""
    started("kafka")
    ensure_topics(settings, TOPICS)
    return settings


@pytest.fixture(scope="session")
def s3_server(started: Callable[[str], None], settings: Settings) -> Settings:
    started("s3")
    return settings


@pytest.fixture(scope="session")
def lake(postgres: Settings, s3_server: Settings) -> Iterator[Lake]:
    """The lake's buckets and empty tables, with the only Spark session of this process; use dates of your own."""
    with open_lake(postgres, "tests", cores=2) as opened:
        yield opened


@pytest.fixture(scope="session")
def bank(postgres: Settings, redis_server: Settings) -> Bank:
    return Bank(postgres)


@pytest.fixture(scope="session")
def gateway(bank: Bank) -> Iterator[str]:
    """The address of a gateway process that tests share; those that stop it or set it up otherwise run their own."""
    with running_gateways(bank.settings, {"gateway": {}}) as gateways:
        yield gateways.urls["gateway"]
