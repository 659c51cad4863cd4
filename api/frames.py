"""The frames of the WebSocket `alerts.v1+json`, typed; contracts/asyncapi.yaml is written from them.

Frames of the feed are stored as JSON less `seq` and are sent as stored: `stamped` adds `seq` and `sent_at` in front.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, TypeAdapter

from core.clock import rfc3339
from core.events import Alert, AlertState, Event, Timestamp

SUBPROTOCOL = "alerts.v1+json"
INBOUND_LIMIT_BYTES = 32 * 1024

SESSION_ENDED = 4401
FORBIDDEN = 4403
RESYNC = 4409
TOO_BIG = 4413
SLOW_CONSUMER = 4429
NOT_UNDERSTOOD = 4400
GOING_AWAY = 1012

Seq = Annotated[int, Field(ge=0, lt=2**63)]


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
    """An alert as it is now: new, changed in place, or withdrawn."""

    type: Literal["alert", "alert.updated", "alert.retracted"]
    alert: Alert


class StateFrame(_Numbered):
    """An alert was acknowledged, in another tab or by another RM of the client."""

    type: Literal["state"]
    alert_id: UUID
    state: AlertState
    by: str
    at: Timestamp
    revision: int


class EntitlementsChanged(_Numbered):
    """In place of a frame about a client that this RM no longer covers; read the list again."""

    type: Literal["entitlements.changed"]


class Subscribe(Event):
    """Start, or start again, after `last_seq` (null: from now on); `epoch` is the one that `last_seq` belongs to."""

    type: Literal["subscribe"]
    topics: tuple[Literal["alerts"], ...] = ("alerts",)
    last_seq: Seq | None = None
    epoch: str | None = None


class Ack(Event):
    """Everything up to `seq` was shown."""

    type: Literal["ack"]
    seq: Seq


SERVER_FRAMES = (
    Hello, AlertFrame, StateFrame, EntitlementsChanged, Resync, Ping, Pong, ErrorFrame, Bye,
)  # fmt: skip
CLIENT_FRAMES = (Subscribe, Ack, Ping, Pong)

ClientFrame = Subscribe | Ack | Ping | Pong
parse_client_frame: TypeAdapter[ClientFrame] = TypeAdapter(Annotated[ClientFrame, Field(discriminator="type")])


def stamped(stored: str, seq: int, sent_at: datetime) -> str:
    """Return a stored frame (a JSON object with at least one member) with its number and the time of sending."""
    return f'{{"seq":{seq},"sent_at":"{rfc3339(sent_at)}",{stored.lstrip()[1:]}'
