"""The contracts on the wire, typed once: JSON, UTC RFC 3339 times, stable ids, unknown fields ignored.

contracts/schemas holds the same as JSON Schema; a unit test compares the two.
"""

from __future__ import annotations

import uuid
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer

from core.clock import rfc3339

# Fixed for ever: ids derived from it are stored in alerts and archives.
NAMESPACE = uuid.UUID("6f1f6a0e-4a57-5e8e-9d2b-7f1c0a5b3c21")

Action = Literal["created", "updated", "removed", "withheld"]
Severity = Literal["info", "important", "critical"]
Topic = Literal[
    "death", "arrest", "litigation", "sanction", "divorce", "ipo", "acquisition", "sale", "appointment",
    "resignation", "results", "funding", "philanthropy", "accident", "health", "award", "other",
]  # fmt: skip
AlertStatus = Literal["active", "corrected", "retracted"]
AlertState = Literal["new", "acknowledged", "snoozed", "dismissed", "escalated"]
ChangeKind = Literal["acknowledged", "snoozed", "returned", "dismissed", "restored", "escalated"]
DismissalReason = Literal["not_relevant", "already_known", "wrong_person", "duplicate", "other"]
EscalationLevel = Literal["deputy", "head"]

Timestamp = Annotated[AwareDatetime, PlainSerializer(rfc3339, return_type=str, when_used="json-unless-none")]


class Event(BaseModel):
    """Base of all wire records: immutable, unknown fields ignored so that an older reader survives a newer writer."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    def to_json(self) -> bytes:
        """Serialise as one compact UTF-8 JSON object."""
        return self.model_dump_json().encode()


class Reference(Event):
    """A person, organisation, instrument or topic as the provider tagged it."""

    name: str
    uri: str | None = None


class Article(Event):
    """`news.article.v1`: one revision of one article; topic `raw-news-events`, key `article_id`."""

    article_id: str = Field(min_length=1, max_length=512)
    provider: str
    revision: int = Field(ge=0, lt=2**63)
    action: Action = "created"
    published_at: Timestamp | None = None
    received_at: Timestamp
    headline: str
    body: str
    language: str | None = None
    url: str | None = None
    publisher: str | None = None
    people: tuple[Reference, ...] = ()
    organisations: tuple[Reference, ...] = ()
    instruments: tuple[Reference, ...] = ()
    topics: tuple[Reference, ...] = ()
    embargo_until: Timestamp | None = None
    content_hash: str = ""
    trace_id: str

    @property
    def text(self) -> str:
        """The text that evidence offsets count in: headline, newline, body."""
        return f"{self.headline}\n{self.body}"


class Evidence(Event):
    """One reason for a decision: a span of `Article.text` (characters) and its signed contribution in log-odds."""

    kind: str
    detail: str
    contribution: float
    start: int | None = None
    end: int | None = None
    text: str | None = None


# The method of a match that a person made of a candidate; it counts whatever the resolver said.
CONFIRMED = "confirmed in review"


class Match(Event):
    """How sure we are that this is the client: calibrated P(identity), by which method, and why."""

    score: float = Field(ge=0, le=1)
    method: str
    evidence: tuple[Evidence, ...] = ()


class SummarySentence(Event):
    """One sentence of a summary with the articles it comes from and its span in the first one's `Article.text`."""

    text: str
    source_ids: tuple[str, ...]
    start: int | None = None
    end: int | None = None


class Times(Event):
    """When each hop was passed; a hop not yet reached is null."""

    published: Timestamp | None = None
    received: Timestamp | None = None
    resolved: Timestamp | None = None
    summarized: Timestamp | None = None
    routed: Timestamp | None = None
    delivered: Timestamp | None = None


class Versions(Event):
    """Which registry and models decided."""

    registry: str
    resolver: str
    summarizer: str | None = None


class Decision(Event):
    """`resolver.decision.v1`: what the resolver said about one client in one article, nil and review included."""

    article_id: str
    revision: int
    client_id: str | None
    decision: Literal["match", "review", "nil"]
    identity: float
    aboutness: float
    relevance: float
    relation: str = "self"
    mention: str = ""
    evidence: tuple[Evidence, ...] = ()
    why: str
    versions: Versions
    trace_id: str
    decided_at: Timestamp


class EnrichedArticle(Event):
    """`enriched.v1`: one article revision about one client; topic `enriched-alerts`, key `client_id`.

    `signature` is the story embedding: base64 of little-endian float16, unit length.
    """

    kind: Literal["enriched"] = "enriched"
    enrichment_id: uuid.UUID
    article: Article
    client_id: str
    relation: str = "self"
    match: Match
    relevance: float = Field(ge=0, le=1)
    severity: Severity
    topic: Topic
    summary: tuple[SummarySentence, ...]
    signature: str
    times: Times
    why: str
    versions: Versions
    trace_id: str


class Retraction(Event):
    """Article-level record, key `article_id`: what an update, removal or withholding leaves matched.

    The router withdraws the article from alerts of clients not in `matched_client_ids`.
    """

    kind: Literal["retraction"] = "retraction"
    article_id: str
    revision: int
    action: Action
    matched_client_ids: tuple[str, ...] = ()
    content_hash: str = ""
    received_at: Timestamp
    trace_id: str


class ClientRef(Event):
    """A client as an RM sees it."""

    id: str
    display: str


class Source(Event):
    """One article behind an alert."""

    article_id: str
    revision: int
    headline: str
    publisher: str | None = None
    url: str | None = None
    published_at: Timestamp | None = None
    language: str | None = None
    rank: int = 0
    retracted: bool = False


class Handling(Event):
    """What people did about an alert; `state` follows from the rest: dismissed, else snoozed, else acknowledged."""

    state: AlertState = "new"
    acknowledged_by: str | None = None
    acknowledged_at: Timestamp | None = None
    snoozed_by: str | None = None
    snoozed_until: Timestamp | None = None
    dismissed_by: str | None = None
    dismissed_at: Timestamp | None = None
    dismissal_reason: DismissalReason | None = None
    escalated_by: str | None = None
    escalated_at: Timestamp | None = None
    escalated_to: EscalationLevel | None = None


class Alert(Handling):
    """`alert.v1`: the one alert of a client and story; `revision` counts its changes, `status` says the last kind.

    `sources` lists the first and the latest articles behind it, `source_count` says how many are live in all. `muted`
    is true for a reader who had muted the client or topic when it came.
    """

    alert_id: uuid.UUID
    story_id: uuid.UUID
    revision: int = Field(ge=1)
    client: ClientRef
    relation: str = "self"
    match: Match
    relevance: float
    novelty: float = Field(ge=0, le=100)
    severity: Severity
    topic: Topic
    headline: str
    body: str = ""
    summary: tuple[SummarySentence, ...]
    sources: tuple[Source, ...]
    source_count: int = 0
    status: AlertStatus = "active"
    muted: bool = False
    embargo_until: Timestamp | None = None
    times: Times
    why: str
    versions: Versions
    trace_id: str


class AlertStateChange(Event):
    """Somebody, or by itself time, changed the state of an alert; topic `alert-state-changes`, key `client_id`."""

    kind: ChangeKind = "acknowledged"
    alert_id: uuid.UUID
    client_id: str
    state: AlertState
    by: str
    at: Timestamp
    revision: int
    snoozed_until: Timestamp | None = None
    dismissal_reason: DismissalReason | None = None
    escalated_to: EscalationLevel | None = None


class DeadLetter(Event):
    """A record that could not be processed: original bytes (base64), where and why it failed, how often."""

    dlq_id: uuid.UUID
    stage: str
    topic: str
    key: str | None = None
    code: str
    message: str
    position: str | None = None
    content_type: str | None = None
    original_base64: str
    first_failed_at: Timestamp
    last_failed_at: Timestamp
    attempts: int = 1
    trace_id: str | None = None


def enrichment_id(article_id: str, revision: int, client_id: str) -> uuid.UUID:
    """Derive the id of an enrichment: the same article revision and client always give the same id."""
    return uuid.uuid5(NAMESPACE, f"enrichment|{article_id}|{revision}|{client_id}")


def story_id(client_id: str, first_article_id: str) -> uuid.UUID:
    """Derive the id of a client's story from its first article."""
    return uuid.uuid5(NAMESPACE, f"story|{client_id}|{first_article_id}")


def alert_id(client_id: str, story: uuid.UUID) -> uuid.UUID:
    """Derive the id of the one alert of a client and a story."""
    return uuid.uuid5(NAMESPACE, f"alert|{client_id}|{story}")
