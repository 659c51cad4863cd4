"""What the review queue shows, and what a decision about it takes and answers."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from api.fields import Note
from core.events import ClientRef, Match, Severity, Timestamp, Topic

ReviewDecision = Literal["accept", "reject", "alias", "block"]
Phrase = Annotated[str, Field(min_length=2, max_length=120, pattern=r"^[^\x00-\x1f]*\w[^\x00-\x1f]*$")]


class ReviewCandidate(BaseModel):
    """An article that may be about a client: surer than chance, not sure enough for an alert.

    `mention` is the name as the text writes it, `contexts` the words beside it that a decision would go by.
    """

    candidate_id: UUID
    client: ClientRef
    article_id: str
    revision: int
    relation: str
    relevance: float
    match: Match
    mention: str | None
    contexts: list[str]
    severity: Severity
    topic: Topic
    headline: str
    body: str
    publisher: str | None
    url: str | None
    published_at: Timestamp | None
    received_at: Timestamp
    why: str


class ReviewPage(BaseModel):
    """Open candidates, newest first, with the cursor of the next page."""

    items: list[ReviewCandidate]
    next: str | None


class Decide(BaseModel):
    """What a candidate is.

    - `accept`: it is about the client. It becomes an alert; the name as written becomes one of the client's names, and
      the words beside it speak for the client from now on.
    - `alias`: the name is the client's, the article needs no alert.
    - `block`: the name is somebody else's, in texts with the same words beside it.
    - `reject`: it is not about the client; nothing else follows.

    `name` and `context` replace what was found in the article.
    """

    model_config = ConfigDict(extra="forbid")

    decision: ReviewDecision
    note: Note = ""
    name: Phrase | None = None
    context: Phrase | None = None


class Learned(BaseModel):
    """What a decision wrote into the registry, which the resolver reads within seconds."""

    alias: str | None = None
    contexts: list[str] = []
    block: str | None = None


class Decided(BaseModel):
    """A candidate that was decided."""

    candidate_id: UUID
    decision: ReviewDecision
    decided_by: str
    decided_at: Timestamp
    note: str
    learned: Learned
