"""The frames of the WebSocket `alerts.v1+json`, typed; contracts/asyncapi.yaml is written from them.

Frames of the feed are stored as JSON less `seq` and are sent as stored: `stamped` adds `seq` and `sent_at` in front.
"""

from __future__ import annotations

import struct
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, TypeAdapter

from core.clock import rfc3339
from core.events import Alert, AlertState, ChangeKind, DismissalReason, EscalationLevel, Event, Timestamp
from core.market import INSTRUMENT, DecimalText

SUBPROTOCOL = "alerts.v1+json"
INBOUND_LIMIT_BYTES = 32 * 1024
ALERTS = "alerts"
TICK = "tick:"
MAX_INSTRUMENTS = 200

SESSION_ENDED = 4401
FORBIDDEN = 4403
RESYNC = 4409
TOO_BIG = 4413
SLOW_CONSUMER = 4429
NOT_UNDERSTOOD = 4400
FAILED = 1011
GOING_AWAY = 1012
TRY_AGAIN = 1013

Seq = Annotated[int, Field(ge=0, lt=2**63)]
TickTopic = Annotated[str, Field(pattern=f"^{TICK}{INSTRUMENT[1:]}")]
Topic = Literal["alerts"] | TickTopic


class Hello(Event):
    """First frame: where the feed stands; `resume_window` is how far back, in seconds, a subscription may resume."""

    type: Literal["hello"] = "hello"
    session: str
    heartbeat_s: float
    head_seq: Seq
    epoch: str
    resume_window: int


class Ping(Event):
    """Heartbeat, either way; the other side answers with a pong."""

    type: Literal["ping"] = "ping"


class Pong(Event):
    """Answer to a ping."""

    type: Literal["pong"] = "pong"


class Resync(Event):
    """Frames were missed that cannot be sent: read `GET /api/v1/alerts`, then subscribe again from its head_seq."""

    type: Literal["resync"] = "resync"
    reason: Literal["epoch-changed", "trimmed", "ahead-of-feed"]
    head_seq: Seq
    epoch: str


class Bye(Event):
    """This process ends; connect again after so many milliseconds."""

    type: Literal["bye"] = "bye"
    reason: Literal["shutdown"] = "shutdown"
    reconnect_after_ms: int


class ErrorFrame(Event):
    """A client's frame was not understood; the socket closes with 4400."""

    type: Literal["error"] = "error"
    code: str
    message: str


class _Numbered(Event):
    seq: Seq
    sent_at: Timestamp


class AlertFrame(_Numbered):
    """An alert as it is now: new, changed in place, or withdrawn; one that was muted is never sent as new."""

    type: Literal["alert", "alert.updated", "alert.retracted"]
    alert: Alert


class StateFrame(_Numbered):
    """An alert's state changed: in another tab, by another RM of the client, or by time.

    One that a page does not have, since it was snoozed or has come to a head, is read by its id.
    """

    type: Literal["state"]
    kind: ChangeKind
    alert_id: UUID
    state: AlertState
    by: str
    at: Timestamp
    revision: int
    snoozed_until: Timestamp | None
    dismissal_reason: DismissalReason | None
    escalated_to: EscalationLevel | None


class EntitlementsChanged(_Numbered):
    """In place of a frame about a client that this RM no longer covers; read the list again."""

    type: Literal["entitlements.changed"]


class TickItem(Event):
    """The newest price of an instrument."""

    instrument: str
    price: DecimalText
    ccy: str
    ts: Timestamp
    seq: Seq


class Ticks(Event):
    """What has changed of the instruments watched, each once with its newest price; five frames a second at most."""

    type: Literal["ticks"] = "ticks"
    items: tuple[TickItem, ...]


class Subscribed(Event):
    """Which instruments are watched now; `refused` are those asked for that this RM may not watch, or one too many."""

    type: Literal["subscribed"] = "subscribed"
    instruments: tuple[str, ...]
    refused: tuple[str, ...]


class Subscribe(Event):
    """Follow topics: `alerts`, or `tick:INSTRUMENT` beside what is watched already, 200 instruments at most.

    Alerts start, or start again, after `last_seq` (null: from now on); `epoch` is the one that `last_seq` belongs to.
    """

    type: Literal["subscribe"]
    topics: Annotated[tuple[Topic, ...], Field(max_length=MAX_INSTRUMENTS + 1)] = (ALERTS,)
    last_seq: Seq | None = None
    epoch: str | None = None


class Unsubscribe(Event):
    """Watch some instruments no more; alerts go on for as long as the socket."""

    type: Literal["unsubscribe"]
    topics: Annotated[tuple[TickTopic, ...], Field(max_length=MAX_INSTRUMENTS)]


class Ack(Event):
    """Everything up to `seq` was shown."""

    type: Literal["ack"]
    seq: Seq


SERVER_FRAMES = (
    Hello, AlertFrame, StateFrame, EntitlementsChanged, Resync, Ticks, Subscribed, Ping, Pong, ErrorFrame, Bye,
)  # fmt: skip
CLIENT_FRAMES = (Subscribe, Unsubscribe, Ack, Ping, Pong)

ClientFrame = Subscribe | Unsubscribe | Ack | Ping | Pong
parse_client_frame: TypeAdapter[ClientFrame] = TypeAdapter(Annotated[ClientFrame, Field(discriminator="type")])


def stamped(stored: str, seq: int, sent_at: datetime) -> str:
    """Return a stored frame (a JSON object with at least one member) with its number and the time of sending."""
    return f'{{"seq":{seq},"sent_at":"{rfc3339(sent_at)}",{stored.lstrip()[1:]}'


def instruments_of(topics: tuple[str, ...]) -> list[str]:
    """Return the instruments that topics name, each once."""
    return list(dict.fromkeys(topic.removeprefix(TICK) for topic in topics if topic != ALERTS))


def text_frame(payload: bytes) -> bytes:
    """Return a payload as the WebSocket sends it: one unmasked text frame (RFC 6455, section 5.2)."""
    size = len(payload)
    if size < 126:
        return struct.pack("!BB", 0x81, size) + payload
    if size < 2**16:
        return struct.pack("!BBH", 0x81, 126, size) + payload
    return struct.pack("!BBQ", 0x81, 127, size) + payload
