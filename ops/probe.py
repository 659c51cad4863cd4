"""`tipline probe`: a canary through every real part, from the signed webhook to an RM's WebSocket.

The article is withdrawn again at the end, so that an RM is left with a retracted alert at most, never with a false one.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console
from rich.table import Table
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection
from websockets.sync.client import connect as connect_socket
from websockets.typing import Subprotocol

from clients.http import trusted, trusted_socket
from clients.postgres import connect
from core.clock import parse_rfc3339, rfc3339, utc_now
from core.errors import BadInput, DependencyUnavailable
from core.settings import Settings, load_settings
from ops.log_in import log_in
from ops.news_files import Document
from ops.news_sender import Sender
from ops.probe_article import Subject, load_subject, mentions, withdraw, write_article
from ops.probe_trace import last_hop

CANARY = "CANARY-1"
SOURCE = "demo-wire"
SUBPROTOCOL = "alerts.v1+json"
ACCEPTED = 202
OPEN_WITHIN_S = 10.0
TIMEOUT_S = 60.0
COLD_TIMEOUT_S = 600.0


@dataclass(frozen=True, slots=True)
class Probed:
    """What a probe saw: the alert's frame and the time at each hop, in the order of the way."""

    subject: Subject
    article_id: str
    alert: dict[str, Any]
    hops: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        """Return the result as `tipline probe --json` prints it; `after_s` counts from the start of sending."""
        start = parse_rfc3339(self.hops["sent"])
        after = {hop: (parse_rfc3339(at) - start).total_seconds() for hop, at in self.hops.items()}
        return {
            "client_id": self.subject.client_id,
            "rm_id": self.subject.rm_id,
            "article_id": self.article_id,
            "alert": self.alert,
            "hops": {hop: {"at": at, "after_s": after[hop]} for hop, at in self.hops.items()},
            "total_s": after["shown"],
        }


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("probe")(probe)


def probe(
    client: Annotated[str, typer.Option(help="The client that the article is about.")] = CANARY,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    timeout_s: Annotated[
        float | None, typer.Option("--timeout", min=1, help="How long to wait, seconds; by default 60, cold 600.")
    ] = None,
    cold: Annotated[
        bool, typer.Option("--cold", help="Probe the nightly batch instead, by the canary's files.")
    ] = False,
) -> None:
    """Send an article about a client and wait until its RM's page would show the alert; the article is withdrawn."""
    if cold:
        from ops.probe_cold import probe_cold

        probe_cold(as_json=as_json, timeout_s=timeout_s or COLD_TIMEOUT_S)
        return
    result = run(load_settings(), client, timeout_s=timeout_s or TIMEOUT_S).as_json()
    if as_json:
        Console(soft_wrap=True).print_json(json.dumps(result))
    else:
        _show(result)


def run(settings: Settings, client_id: str, *, timeout_s: float) -> Probed:
    """Probe once; DependencyUnavailable names the last hop reached when no alert came in time."""
    with connect(settings) as session:
        subject = load_subject(session, client_id)
    article_id = f"probe-{uuid.uuid4()}"
    with ExitStack() as stack:
        http = stack.enter_context(httpx.Client(timeout=30, verify=trusted(settings)))
        cookie = log_in(settings, http, subject.rm_id)
        socket = stack.enter_context(_open(settings, cookie))
        sender = Sender(settings, SOURCE, http)
        sent = utc_now()
        _post(sender, write_article(subject, article_id))
        accepted = utc_now()
        try:
            frame = _await(socket, subject.client_id, article_id, timeout_s)
            shown = utc_now()
        finally:
            _post(sender, withdraw(article_id))
            http.delete(f"{settings.api_url}/api/v1/session", headers={**cookie, "X-Requested-With": "tipline"})
    if frame is None:
        reached = last_hop(settings, article_id, client_id)
        raise DependencyUnavailable(f"no alert about {client_id} within {timeout_s:.0f} s; last hop {reached}")
    passed = {hop: at for hop, at in frame["alert"]["times"].items() if at and hop not in ("published", "delivered")}
    ends = {"pushed": frame["sent_at"], "shown": rfc3339(shown)}
    hops = {"sent": rfc3339(sent), "accepted": rfc3339(accepted), **passed, **ends}
    return Probed(subject, article_id, frame["alert"], dict(sorted(hops.items(), key=lambda hop: hop[1])))


@contextmanager
def _open(settings: Settings, cookie: dict[str, str]) -> Iterator[ClientConnection]:
    """Open the RM's WebSocket and subscribe from where the feed stands."""
    address = f"{settings.api_url.replace('http', 'ws', 1)}/api/v1/stream"
    protocols = [Subprotocol(SUBPROTOCOL)]
    try:
        with connect_socket(
            address,
            additional_headers=cookie,
            subprotocols=protocols,
            max_size=None,
            ssl=trusted_socket(settings, address),
        ) as socket:
            hello = json.loads(socket.recv(OPEN_WITHIN_S))
            socket.send(json.dumps({"type": "subscribe", "topics": ["alerts"], "last_seq": hello["head_seq"]}))
            yield socket
    except (WebSocketException, ConnectionError, TimeoutError) as error:
        raise DependencyUnavailable(f"the WebSocket of {settings.api_url} failed: {error}") from error


def _post(sender: Sender, article: dict[str, Any]) -> None:
    reply = sender.send(Document.of_json(article), f"probe-{uuid.uuid4()}")
    if reply.status_code != ACCEPTED:
        raise BadInput(f"the intake refused the probe's article: {reply.status_code} {reply.text}")


def _await(socket: ClientConnection, client_id: str, article_id: str, timeout_s: float) -> dict[str, Any] | None:
    """Return the first frame whose alert is about the client and has the article behind it; None after the time."""
    deadline = time.monotonic() + timeout_s
    while (left_s := deadline - time.monotonic()) > 0:
        try:
            frame: dict[str, Any] = json.loads(socket.recv(left_s))
        except TimeoutError:
            return None
        alert = frame.get("alert")
        if alert and alert["client"]["id"] == client_id and mentions(alert["sources"], article_id):
            return frame
    return None


def _show(result: dict[str, Any]) -> None:
    table = Table("hop", "at", "after", title=f"{result['client_id']} -> {result['rm_id']}: {result['total_s']:.3f} s")
    for hop, passed in result["hops"].items():
        table.add_row(hop, passed["at"], f"{passed['after_s']:.3f} s")
    console = Console()
    console.print(table)
    console.print(result["alert"]["headline"], markup=False)
    console.print(result["alert"]["why"], markup=False, style="dim")
