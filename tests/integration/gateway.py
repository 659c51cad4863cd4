"""A small bank for the gateway's tests: RMs, clients and alerts in the real database, gateways as real processes."""

from __future__ import annotations

import asyncio
import json
import sys
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any

import httpx
from argon2 import PasswordHasher
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from clients.postgres import Jsonb, Session
from clients.postgres import connect as connect_postgres
from core.clock import utc_now
from core.events import Alert, ClientRef, Handling, Match, Source, SummarySentence, Times, Versions
from core.settings import Settings, as_environment
from ops.drill.product import free_ports
from ops.stack.group import ProcessGroup
from ops.stack.service import Service, http_probe
from streaming.router.publisher import Publisher

PASSWORD = "correct horse battery staple"
# A hash says what it costs to verify: tests log in often, and guess nothing.
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
CSRF = {"X-Requested-With": "tipline"}
WAIT_S = 15


@dataclass(frozen=True)
class Person:
    rm_id: str
    clients: tuple[str, ...] = ()


@dataclass
class Bank:
    """Makes people, clients and alerts; ids are new each time, because tests share one database."""

    settings: Settings
    password_hash: str = field(default_factory=lambda: QUICK.hash(PASSWORD))

    def person(self, *, clients: int = 1, role: str = "rm") -> Person:
        rm_id = f"{role}-{uuid.uuid4().hex[:8]}"
        with self.session() as session:
            session.execute(
                "INSERT INTO rm (rm_id, display, role, password_hash) VALUES (%s, 'Somebody', %s, %s)",
                (rm_id, role, self.password_hash),
            )
        return Person(rm_id, tuple(self.client(rm_id) for _ in range(clients)))

    def client(self, *rm_ids: str) -> str:
        client_id = f"C-{uuid.uuid4().hex[:8]}"
        with self.session() as session:
            session.execute(
                "INSERT INTO clients (client_id, kind, legal_name, display) VALUES (%s, 'person', 'X Y', 'X Y')",
                (client_id,),
            )
            for rm_id in rm_ids:
                session.execute("INSERT INTO rm_clients (rm_id, client_id) VALUES (%s, %s)", (rm_id, client_id))
        return client_id

    def alert(
        self, client_id: str, *, released: bool = True, body: str = "", article_id: str | None = None, **fields: Any
    ) -> Alert:
        """Raise an alert as the router does: story, alert, and a frame to every RM of the client."""
        plain = new_alert(client_id, body, article_id or f"art-{uuid.uuid4().hex}")
        alert = plain.model_copy(update=fields)
        payload = alert.model_dump(mode="json", exclude={*Handling.model_fields, "muted"})
        with self.session() as session, session.transaction():
            session.execute(
                "INSERT INTO stories VALUES (%s, %s, %s, 'h', '', now(), now(), nextval('story_changes'))",
                (alert.story_id, client_id, alert.sources[0].article_id),
            )
            session.execute(
                "INSERT INTO alerts (alert_id, story_id, client_id, revision, status, severity, topic, relevance,"
                " released, payload) VALUES (%s, %s, %s, 1, 'active', %s, %s, 0.9, %s, %s)",
                (
                    alert.alert_id, alert.story_id, client_id, alert.severity, alert.topic, released,
                    Jsonb(payload) if released else None,
                ),
            )  # fmt: skip
            if released:
                self._send(session, alert)
        return alert

    def covers(self, rm_id: str, client_id: str, *, until: str) -> None:
        """Set when the RM's cover of a client ends (a time that PostgreSQL reads)."""
        with self.session() as session:
            session.execute(
                "UPDATE rm_clients SET valid_to = %s::timestamptz WHERE rm_id = %s AND client_id = %s",
                (until, rm_id, client_id),
            )

    def frames(self, rm_id: str, kind: str | None = None) -> list[dict[str, Any]]:
        """Return the frames of a person's feed in order, or those of one type."""
        found = self.rows("SELECT frame FROM rm_feed WHERE rm_id = %s ORDER BY seq", rm_id)
        return [row["frame"] for row in found if kind in (None, row["frame"]["type"])]

    def audited(self, action: str, subject: str) -> list[dict[str, Any]]:
        """Return who did this to the subject, and the clients concerned."""
        return self.rows(
            "SELECT actor, clients FROM audit_log WHERE action = %s AND subject = %s ORDER BY audit_id", action, subject
        )

    def rows(self, query: str, *parameters: Any) -> list[dict[str, Any]]:
        with self.session() as session:
            return session.execute(query.encode(), parameters).fetchall()

    @contextmanager
    def session(self) -> Iterator[Session]:
        with connect_postgres(self.settings) as session:
            yield session

    def _send(self, session: Session, alert: Alert) -> None:
        frame = {"type": "alert", "alert": alert.model_dump(mode="json")}
        covering = session.execute("SELECT rm_id FROM rm_clients WHERE client_id = %s", (alert.client.id,)).fetchall()
        for row in covering:
            session.execute("SELECT append_feed(%s, %s, 1, %s)", (row["rm_id"], alert.alert_id, Jsonb(frame)))


def new_alert(client_id: str, body: str, article: str) -> Alert:
    return Alert(
        alert_id=uuid.uuid4(),
        story_id=uuid.uuid4(),
        revision=1,
        client=ClientRef(id=client_id, display="X Y"),
        match=Match(score=0.97, method="test"),
        relevance=0.9,
        novelty=100,
        severity="info",
        topic="other",
        headline="Something happened",
        body=body,
        summary=(SummarySentence(text="Something happened.", source_ids=(article,)),),
        sources=(Source(article_id=article, revision=1, headline="Something happened"),),
        times=Times(received=utc_now()),
        why="named in the headline",
        versions=Versions(registry="1", resolver="1"),
        trace_id="t",
    )


def gateway_service(settings: Settings, name: str, port: int, **env: str) -> Service:
    return Service(
        name=name,
        argv=(sys.executable, "-m", "api", "--port", str(port)),
        ready=http_probe(f"http://127.0.0.1:{port}/readyz"),
        env={**as_environment(settings), **env},
        port=port,
    )


@dataclass(frozen=True)
class Gateways:
    """Several gateway processes beside each other."""

    group: ProcessGroup
    urls: Mapping[str, str]


@contextmanager
def running_gateways(settings: Settings, environments: Mapping[str, Mapping[str, str]]) -> Iterator[Gateways]:
    """Run a gateway of each name, with its environment beside that of the settings."""
    ports = dict(zip(environments, free_ports(len(environments)), strict=True))
    services = [gateway_service(settings, name, port, **environments[name]) for name, port in ports.items()]
    group = ProcessGroup(services, settings.data_dir)
    try:
        group.start_all()
        yield Gateways(group, {name: f"http://127.0.0.1:{port}" for name, port in ports.items()})
    finally:
        group.stop_all()


def counted(url: str) -> dict[str, float]:
    """Return what a gateway has counted, by name and labels."""
    lines = httpx.get(f"{url}/metrics", timeout=WAIT_S).text.splitlines()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}


@contextmanager
def publishing(settings: Settings) -> Iterator[None]:
    """Run the router's publisher beside the test."""
    stop = Event()
    thread = Thread(target=Publisher(settings, stop).run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@contextmanager
def log_in(url: str, rm_id: str, password: str = PASSWORD) -> Iterator[httpx.Client]:
    """Yield an HTTP client with the RM's session cookie and the page's header."""
    with httpx.Client(base_url=url, headers=CSRF, timeout=WAIT_S) as client:
        client.post("/api/v1/session", json={"rm_id": rm_id, "password": password}).raise_for_status()
        yield client


@dataclass
class Page:
    """What a page does with its socket; heartbeats are left out of what it reads."""

    socket: ClientConnection
    hello: dict[str, Any]

    async def send(self, **frame: Any) -> None:
        await self.socket.send(json.dumps(frame))

    async def subscribe(self, last_seq: int | None = None, **more: Any) -> None:
        await self.send(type="subscribe", topics=["alerts"], last_seq=last_seq, **more)

    async def read(self) -> dict[str, Any]:
        while True:
            frame: dict[str, Any] = json.loads(await self.socket.recv())
            if frame["type"] != "ping":
                return frame


@asynccontextmanager
async def page(url: str, client: httpx.Client | None, headers: Mapping[str, str] | None = None) -> AsyncIterator[Page]:
    """Open the WebSocket with the client's cookie (or with other headers) and read the hello."""
    async with open_socket(url, client, headers) as socket:
        yield Page(socket, json.loads(await socket.recv()))


@asynccontextmanager
async def open_socket(
    url: str, client: httpx.Client | None, headers: Mapping[str, str] | None = None, ticket: str | None = None
) -> AsyncIterator[ClientConnection]:
    offered = ["alerts.v1+json", *([f"ticket.{ticket}"] if ticket else [])]
    cookies = {"Cookie": f"tipline_session={client.cookies['tipline_session']}"} if client else {}
    address = url.replace("http", "ws", 1) + "/api/v1/stream"
    async with connect(
        address,
        subprotocols=[Subprotocol(one) for one in offered],
        additional_headers={**cookies, **(headers or {})},
        max_size=None,
    ) as socket:
        yield socket


async def read_alerts(live: Page, alerts: list[Alert]) -> list[dict[str, Any]]:
    """Read until all these alerts came; fail when another frame of the feed comes, or one twice, or out of order."""
    frames = []
    async with asyncio.timeout(WAIT_S):
        for alert in alerts:
            frame = await live.read()
            while frame["type"] == "resync":
                frame = await live.read()
            assert frame["alert"]["alert_id"] == str(alert.alert_id)
            frames.append(frame)
    return frames


async def close_code(socket: ClientConnection) -> int | None:
    """Read to the end and return the code that the gateway closed with."""
    async with asyncio.timeout(WAIT_S):
        await socket.wait_closed()
    return socket.close_code
