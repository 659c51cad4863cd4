"""What was accepted before, and what that makes of a new draft: publish, repeat or conflict."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.errors import Conflict
from core.events import Action
from streaming.formats import Draft
from streaming.formats.dates import epoch_ms


@dataclass(frozen=True, slots=True)
class Accepted:
    """One accepted revision of an article; `published` is False while Kafka is not known to have it."""

    article_id: str
    revision: int
    provider: str
    content_hash: str
    action: Action = "created"
    published: bool = True


@dataclass(slots=True)
class History:
    """What was accepted of the articles of one delivery; `body_sha256` is that of an earlier message of the same id."""

    body_sha256: bytes | None = None
    latest: dict[str, Accepted] = field(default_factory=dict)
    hashes: dict[tuple[str, int], str] = field(default_factory=dict)
    contents: set[tuple[str, str]] = field(default_factory=set)
    begun: dict[tuple[str, int], Action] = field(default_factory=dict)

    def note(self, accepted: Accepted) -> None:
        """Remember a revision, so that a later item of the same delivery is judged after it."""
        latest = self.latest.get(accepted.article_id)
        if latest is None or latest.revision < accepted.revision:
            self.latest[accepted.article_id] = accepted
        self.hashes[accepted.article_id, accepted.revision] = accepted.content_hash
        if accepted.published:
            self.contents.add((accepted.article_id, accepted.content_hash))
        else:
            self.begun[accepted.article_id, accepted.revision] = accepted.action


@dataclass(frozen=True, slots=True)
class Verdict:
    """How to publish a draft."""

    revision: int
    action: Action


def stated_revision(draft: Draft) -> int | None:
    """Return the provider's revision or updated-at, for a new article also its date; None for "after the last one"."""
    if draft.revision is not None:
        return draft.revision
    return (epoch_ms(draft.published_at) or 0) if draft.action == "created" else None


def judge(draft: Draft, content_hash: str, history: History, provider: str, *, snapshot: bool) -> Verdict | None:
    """Decide what a draft is after all that was accepted before.

    Args:
        draft: the article as sent.
        content_hash: of the draft.
        history: of its article.
        provider: who sends it.
        snapshot: it was read from a feed, which shows how an article is now and has nobody to tell of a conflict.

    Returns:
        How to publish it, as before where its publishing was begun and not finished; None when it was published
        before, or a newer revision was: what comes late changes nothing, and downstream may never hear of a newer one
        that is about no client.

    Raises:
        Conflict: the revision was used for other content, or the article is another provider's.
    """
    latest = history.latest.get(draft.article_id)
    if latest is not None and latest.provider != provider:
        raise Conflict("the article belongs to another provider", code="foreign_article")
    revision = stated_revision(draft)
    after_latest = latest.revision + 1 if latest is not None else 0
    if revision is None:
        same = latest is not None and latest.content_hash == content_hash
        revision = latest.revision if latest is not None and same else after_latest
    known_hash = history.hashes.get((draft.article_id, revision))
    newest = latest is None or latest.revision <= revision
    if known_hash == content_hash and newest and (action := history.begun.get((draft.article_id, revision))):
        return Verdict(revision, action)
    if known_hash == content_hash or (snapshot and (draft.article_id, content_hash) in history.contents):
        return None
    if known_hash is not None:
        if not snapshot:
            raise Conflict("this revision was accepted with other content", code="revision_conflict")
        revision = after_latest
    if latest is not None and latest.revision > revision:
        return None
    return Verdict(revision, "updated" if draft.action == "created" and latest is not None else draft.action)
