"""Every place where an article names a client, short names included, each with its candidates and its decision.

The decision about a client is one for the whole article; a short name follows the nearest full name before it.
"""

from __future__ import annotations

from collections import defaultdict

from core.events import Article, Event, Evidence
from models.aboutness import spans_of
from models.explain import explain
from models.resolver import REVIEW_FROM, Candidate, Resolver, Verdict, evidence_of
from models.text import Text

MAX_CANDIDATES = 10
Span = tuple[int, int]


class LinkedCandidate(Event):
    """A client that a mention may mean."""

    client_id: str
    identity: float


class LinkedMention(Event):
    """A mention; `start` and `end` count characters of title + newline + text.

    `client_id` is None where no client is as likely as not to be meant; a client named in passing keeps it, with the
    decision nil. The three figures are those of the likeliest candidate.
    """

    start: int
    end: int
    text: str
    decision: Verdict
    client_id: str | None
    identity: float
    aboutness: float
    relevance: float
    candidates: tuple[LinkedCandidate, ...]
    why: str
    evidence: tuple[Evidence, ...]


def link_mentions(resolver: Resolver, article: Article) -> list[LinkedMention]:
    """Return the mentions of clients in text order, none overlapping another."""
    text = Text(article.headline, article.body)
    weighed = resolver.weigh(text, article)
    clients = [found for found in weighed.values() if resolver.registry.entities[found.entity].is_client]
    return [_linked(resolver, text, span, claims) for span, claims in _claims(resolver, text, clients)]


def _claims(resolver: Resolver, text: Text, clients: list[Candidate]) -> list[tuple[Span, list[Candidate]]]:
    """Return each span with those who claim it, likeliest first; of spans that overlap the longest stays."""
    full: defaultdict[Span, list[Candidate]] = defaultdict(list)
    short: defaultdict[Span, list[Candidate]] = defaultdict(list)
    for client in clients:
        named = {(mention.start, mention.end) for mention in client.mentions}
        for span in spans_of(text, resolver.registry.entities[client.entity], client.mentions):
            (full if span in named else short)[span].append(client)
    claims = dict(full)
    for span, claimants in short.items():
        if span not in full:
            claims[span] = _nearest_before(span[0], claimants)
    kept: list[Span] = []
    end = -1
    for span in sorted(claims, key=lambda each: (each[0], -each[1])):
        if span[0] >= end:
            kept.append(span)
            end = span[1]
    return [(span, sorted(claims[span], key=lambda each: -each.identity)) for span in kept]


def _nearest_before(start: int, claimants: list[Candidate]) -> list[Candidate]:
    """Keep those whose full name stood last before a short name, or first of all when none did."""
    last = [max((m.start for m in each.mentions if m.start < start), default=-1) for each in claimants]
    return [each for each, position in zip(claimants, last, strict=True) if position == max(last)]


def _linked(resolver: Resolver, text: Text, span: Span, claims: list[Candidate]) -> LinkedMention:
    best = claims[0]
    decision = resolver.verdict(best.relevance)
    reasons = [*best.reasons, *best.about]
    start, end = text.original_span(*span)
    entities = resolver.registry.entities
    return LinkedMention(
        start=start,
        end=end,
        text=text.original[start:end],
        decision=decision,
        client_id=entities[best.entity].client_id if best.identity >= REVIEW_FROM else None,
        identity=round(best.identity, 4),
        aboutness=round(best.aboutness, 4),
        relevance=round(best.relevance, 4),
        candidates=tuple(
            LinkedCandidate(client_id=entities[each.entity].client_id, identity=round(each.identity, 4))
            for each in claims[:MAX_CANDIDATES]
        ),
        why=explain(reasons, decision),
        evidence=tuple(evidence_of(text, reason) for reason in reasons),
    )
