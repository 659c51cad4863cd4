"""What the addresses of alerts take and answer."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.fields import Id, Limit, Moment, Note, ShortText
from core.events import Alert, AlertState, DismissalReason, Severity, Timestamp, Topic

FeedbackReason = Literal["wrong_person", "old", "duplicate", "not_material", "bad_summary"]
EXPORT_LIMIT = 10_000


class AlertFilter(BaseModel):
    """Which alerts of the history: all that fit every filter given; `from` counts, `to` does not."""

    client: Id | None = None
    topic: list[Topic] = []
    severity: list[Severity] = []
    state: list[AlertState] = []
    muted: bool | None = None
    q: ShortText | None = Field(None, description='Words, `"a phrase"`, `or`, and `-word` for those without it.')
    since: Moment | None = Field(None, alias="from")
    until: Moment | None = Field(None, alias="to")
    cursor: ShortText | None = None


class AlertQuery(AlertFilter):
    """A page of the history."""

    limit: Limit = 50


class ExportQuery(AlertFilter):
    """A file of the history."""

    limit: Annotated[int, Field(ge=1, le=EXPORT_LIMIT)] = EXPORT_LIMIT


class AlertPage(BaseModel):
    """Alerts, newest first, with the cursor of the next page.

    `head_seq` and `epoch` say where the RM's feed stood: subscribe to the WebSocket from there and nothing is missed.
    """

    items: list[Alert]
    next: str | None
    head_seq: int
    epoch: str


class AlertEvent(BaseModel):
    """One thing that happened to an alert: shown, updated or retracted by the router, the rest by people or time."""

    kind: str
    actor: str
    at: Timestamp
    revision: int
    detail: dict[str, object]


class Feedback(BaseModel):
    """What a person thought of an alert, at the revision that was shown."""

    feedback_id: int
    rm_id: str
    useful: bool
    reason: FeedbackReason | None
    note: str
    revision: int
    at: Timestamp


class AlertDetail(Alert):
    """An alert with everything that happened to it, oldest first, and the feedback that it got."""

    events: list[AlertEvent]
    feedback: list[Feedback]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Snooze(_Body):
    """When the alert is to come back, a year away at most."""

    until: Moment


class Dismissal(_Body):
    """Why the alert needs nothing more."""

    reason: DismissalReason
    note: Note = ""


class Escalation(_Body):
    """What the head should know."""

    note: Note = ""


class NewFeedback(_Body):
    """Whether the alert was of use; a reason goes with one that was not."""

    useful: bool
    reason: FeedbackReason | None = None
    note: Note = ""

    @model_validator(mode="after")
    def _reason_fits(self) -> NewFeedback:
        if self.useful and self.reason is not None:
            raise ValueError("a reason goes with an alert that was not useful")
        return self
