"""Which records count, and for which alert: the router's order-proof rules, without any I/O.

An article's newest `(revision, content hash)` wins, whatever order records come in. An article-level record
(`Retraction`) says which clients a revision still matches; a client's record of that revision counts only if the
client is among them, or a person confirmed it in review. So at the end a client's article is live exactly when its
newest revision was enriched for the client and not withdrawn from it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from core.errors import BadInput
from core.events import CONFIRMED, Action, EnrichedArticle, Retraction, alert_id, story_id
from streaming.router.signatures import Story, decode, most_similar, to_vector

Key = tuple[int, str]


@dataclass(frozen=True, slots=True)
class ArticleState:
    """The newest revision heard of, and the clients it matches (None until an article-level record said so)."""

    key: Key
    action: Action
    matched: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a client's article stands: its alert, story, and the revision last placed there."""

    alert_id: UUID
    story_id: UUID
    key: Key


@dataclass(frozen=True, slots=True)
class Place:
    """Put this enriched article into this alert."""

    alert_id: UUID
    story: Story
    enriched: EnrichedArticle


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take an article out of this alert."""

    alert_id: UUID
    retraction: Retraction


@dataclass(frozen=True, slots=True)
class StoryRules:
    """When an article belongs to a story: cosine at or above, within so many seconds of the story's last article."""

    similarity_from: float
    window_s: float


@dataclass(slots=True)
class Desk:
    """What is known about the articles and clients of a batch; `admit` updates it as records come."""

    articles: dict[str, ArticleState] = field(default_factory=dict)
    # article id -> client id -> where it stands
    placements: dict[str, dict[str, Placement]] = field(default_factory=dict)
    # client id -> stories
    stories: dict[str, dict[UUID, Story]] = field(default_factory=dict)
    # client id -> the name an RM sees
    clients: dict[str, str] = field(default_factory=dict)
    changed_articles: set[str] = field(default_factory=set)
    changed_stories: dict[UUID, Story] = field(default_factory=dict)


def admit(
    desk: Desk, record: EnrichedArticle | Retraction, rules: StoryRules, now: datetime
) -> list[Place] | list[Withdraw]:
    """Decide what a record changes; an empty list for old and repeated ones, BadInput for an unknown client."""
    if isinstance(record, Retraction):
        return _admit_retraction(desk, record)
    return _admit_enriched(desk, record, rules, now)


def _admit_retraction(desk: Desk, record: Retraction) -> list[Withdraw]:
    key = (record.revision, record.content_hash)
    known = desk.articles.get(record.article_id)
    if known and (key < known.key or (key == known.key and known.matched is not None)):
        return []
    gone = record.action in ("removed", "withheld")
    matched = frozenset() if gone else frozenset(record.matched_client_ids)
    _hear(desk, record.article_id, ArticleState(key, record.action, matched))
    placements = desk.placements.get(record.article_id, {})
    return [Withdraw(placements[client].alert_id, record) for client in sorted(placements) if client not in matched]


def _admit_enriched(desk: Desk, record: EnrichedArticle, rules: StoryRules, now: datetime) -> list[Place]:
    if record.client_id not in desk.clients:
        raise BadInput("the client is not in the book", code="unknown_client")
    article = record.article
    key = (article.revision, article.content_hash)
    known = desk.articles.get(article.article_id)
    if known and (key < known.key or (key == known.key and not _matches(known, record))):
        return []
    if known is None or key > known.key:
        _hear(desk, article.article_id, ArticleState(key, article.action))
    placed = desk.placements.get(article.article_id, {}).get(record.client_id)
    if placed and placed.key >= key:
        return []
    story = _story_for(desk, record, placed, rules, now)
    alert = alert_id(record.client_id, story.story_id)
    desk.placements.setdefault(article.article_id, {})[record.client_id] = Placement(alert, story.story_id, key)
    return [Place(alert, story, record)]


def _matches(known: ArticleState, record: EnrichedArticle) -> bool:
    """Say whether the article's revision is about the record's client, by the resolver or a person's word."""
    return not known.matched or record.client_id in known.matched or record.match.method == CONFIRMED


def _hear(desk: Desk, article_id: str, state: ArticleState) -> None:
    desk.articles[article_id] = state
    desk.changed_articles.add(article_id)


def _story_for(
    desk: Desk, record: EnrichedArticle, placed: Placement | None, rules: StoryRules, now: datetime
) -> Story:
    """Return the article's own story, else the most similar recent one, else a new one; marked as seen now."""
    raw = decode(record.signature)
    vector = to_vector(raw)
    stories = desk.stories.setdefault(record.client_id, {})
    since = now - timedelta(seconds=rules.window_s)
    found = (
        stories[placed.story_id]
        if placed
        else most_similar(stories.values(), vector, similarity_from=rules.similarity_from, since=since)
    )
    article = record.article
    if found is None:
        identity = story_id(record.client_id, article.article_id)
        story = Story(identity, record.client_id, article.article_id, article.headline, raw, vector, now, now)
    elif found.first_article_id == article.article_id:
        story = replace(found, headline=article.headline, signature=raw, vector=vector, last_seen_at=now)
    else:
        story = replace(found, last_seen_at=now)
    stories[story.story_id] = desk.changed_stories[story.story_id] = story
    return story
