"""Which clients of the book an article is about: relevance = P(identity) x P(aboutness), every decision explained."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from core.clock import utc_now
from core.events import Article, Decision, Evidence, Severity, Topic, Versions
from models.aboutness import aboutness_reasons
from models.calibration import Calibration, calibration
from models.context import Reason, identity_reasons
from models.explain import explain
from models.mention_match import Mention
from models.mentions import find_mentions
from models.registry import Registry
from models.text import Text
from models.topics import classify

VERSION = "rules-2"
KEEP_ABOVE, REVIEW_FROM = 0.8, 0.5
Verdict = Literal["match", "review", "nil"]
# Without a fact of the client in the text a common name stays under 0.8, however certain the rest.
_NAME_ALONE_AT_MOST, _RARE_NAME_ALONE_AT_MOST, _RARE_FROM, _SUPPORT_FROM = 1.3, 2.0, 1.6, 0.7
# And whatever the calibration says; companies choose their names so as to be alone with them.
_NAME_ALONE_P, _RARE_NAME_ALONE_P, _RARE_COMPANY_ALONE_P = 0.78, 0.9, 0.97
_BLOCKED = -12.0
_NOTABLY = 0.8  # others of the name are worth a word when they cost a fifth of the odds


@dataclass(frozen=True, slots=True)
class Resolution:
    """What the resolver says about an article; `decisions` best first, one a client, nil and review included."""

    article_id: str
    revision: int
    decisions: tuple[Decision, ...]
    topic: Topic
    severity: Severity


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entity weighed: where it is named in full, the reasons, and the two probabilities they come to."""

    entity: int
    mentions: list[Mention]
    reasons: list[Reason]
    about: list[Reason]
    identity: float
    aboutness: float
    identity_score: float  # log-odds, before calibration and before others of the name
    about_score: float

    @property
    def mention(self) -> Mention:
        """The mention whose name speaks most clearly."""
        return max(self.mentions, key=lambda mention: mention.score)

    @property
    def relevance(self) -> float:
        """How much the article matters to the entity."""
        return self.identity * self.aboutness


class Resolver:
    """Resolves articles against one compiled registry; stateless, so threads may share it."""

    def __init__(
        self, registry: Registry, *, keep_above: float = KEEP_ABOVE, review_from: float = REVIEW_FROM,
        curves: Calibration | None = None,
    ) -> None:  # fmt: skip
        self.registry = registry
        self._calibration = curves or calibration()
        self._keep_above = keep_above
        self._review_from = review_from

    @property
    def version(self) -> str:
        """The rules and the calibration that decide."""
        return f"{VERSION}+{self._calibration.version}"

    def resolve(self, article: Article) -> Resolution:
        """Decide about every client that the article may be naming."""
        text = Text(article.headline, article.body)
        candidates = self.weigh(text, article)
        topic, severity = classify(text) if candidates else ("other", "info")
        clients = [each for each in candidates.values() if self.registry.entities[each.entity].is_client]
        decisions = [self._decision(text, article, candidate) for candidate in clients]
        decisions += self._inherited(text, article, candidates)
        best: dict[str | None, Decision] = {}
        for decision in sorted(decisions, key=lambda each: (-each.relevance, each.relation != "self")):
            best.setdefault(decision.client_id, decision)
        return Resolution(article.article_id, article.revision, tuple(best.values()), topic, severity)

    def verdict(self, relevance: float) -> Verdict:
        """Return what is done at a relevance: alert, ask the relationship manager, or nothing."""
        return "match" if relevance > self._keep_above else "review" if relevance >= self._review_from else "nil"

    def weigh(self, text: Text, article: Article) -> dict[int, Candidate]:
        """Return every entity that the text may be naming, by its position in the registry."""
        mentions = find_mentions(text, self.registry)
        reasons = {entity: self._identity_reasons(text, article, entity, found) for entity, found in mentions.items()}
        alone = {entity: self._alone(entity, found) for entity, found in reasons.items()}
        rivals = _rivals(mentions)
        return {
            entity: self._weighed(text, entity, found, reasons[entity], _odds_among(alone, entity, rivals[entity]))
            for entity, found in mentions.items()
        }

    def _alone(self, entity: int, reasons: list[Reason]) -> float:
        """Return the calibrated probability of an identity, were there nobody else of the name in the book."""
        identity = self._calibration.identity(_identity_score(reasons))
        if _is_supported(reasons):
            return identity
        rare = _RARE_NAME_ALONE_P if self.registry.entities[entity].is_person else _RARE_COMPANY_ALONE_P
        return min(identity, rare if _is_rare(reasons) else _NAME_ALONE_P)

    def _weighed(
        self, text: Text, entity: int, mentions: list[Mention], reasons: list[Reason], odds: tuple[float, float]
    ) -> Candidate:
        """Return the candidate; `odds` are those of the identity alone, and among others of the name."""
        alone, among = odds
        others = [Reason("others", "others bear the name", math.log(among / alone))] if among < _NOTABLY * alone else []
        about = aboutness_reasons(text, self.registry.entities[entity], mentions)
        score = _bounded(sum(reason.contribution for reason in about))
        return Candidate(
            entity, mentions, [*reasons, *others], about,
            identity=among / (1 + among), aboutness=self._calibration.aboutness(score),
            identity_score=_identity_score(reasons), about_score=score,
        )  # fmt: skip

    def _identity_reasons(self, text: Text, article: Article, entity: int, mentions: list[Mention]) -> list[Reason]:
        client = self.registry.entities[entity]
        reasons = identity_reasons(text, client, mentions, article)
        for name, context in client.blocks:
            applies = context is None or bool(context and text.find(context, limit=1))
            if applies and any(tuple(text.folded[m.start : m.end].split()) == name for m in mentions):
                reasons.append(Reason("blocked", "ruled out by the relationship manager", _BLOCKED))
                break
        return reasons

    def _inherited(self, text: Text, article: Article, candidates: dict[int, Candidate]) -> list[Decision]:
        """Pass a company's article on to the persons related to it, at the weight of their relation."""
        return [
            self._decision(text, article, company, heir=heir, relation=link.relation, weight=link.weight)
            for company in candidates.values()
            for heir, link in self.registry.heirs.get(company.entity, ())
        ]

    def _decision(
        self, text: Text, article: Article, candidate: Candidate,
        *, heir: str | None = None, relation: str = "self", weight: float = 1.0,
    ) -> Decision:  # fmt: skip
        entity = self.registry.entities[candidate.entity]
        relevance = candidate.relevance * weight
        verdict = self.verdict(relevance)
        reasons = [*candidate.reasons, *candidate.about]
        if heir is not None:
            reasons.append(Reason("relation", f"{relation} of {entity.display}", math.log(weight)))
        return Decision(
            article_id=article.article_id,
            revision=article.revision,
            client_id=heir or entity.client_id,
            decision=verdict,
            identity=round(candidate.identity, 4),
            aboutness=round(candidate.aboutness, 4),
            relevance=round(relevance, 4),
            relation=relation,
            mention=_original(text, candidate.mention.start, candidate.mention.end),
            evidence=tuple(evidence_of(text, reason) for reason in reasons),
            why=explain(reasons, verdict),
            versions=Versions(registry=self.registry.version, resolver=self.version),
            trace_id=article.trace_id,
            decided_at=utc_now(),
        )


def _rivals(mentions: dict[int, list[Mention]]) -> dict[int, set[int]]:
    """Return, for each entity, the others that claim the same characters."""
    claims: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
    for entity, found in mentions.items():
        for mention in found:
            claims[mention.start, mention.end].add(entity)
    rivals: dict[int, set[int]] = {entity: set() for entity in mentions}
    for claimants in claims.values():
        for entity in claimants:
            rivals[entity] |= claimants - {entity}
    return rivals


def _odds_among(alone: dict[int, float], entity: int, rivals: set[int]) -> tuple[float, float]:
    """Return the odds of one alone, and of one among several who claim a name, where odds compete with each other."""
    odds = alone[entity] / (1 - alone[entity])
    return odds, odds / (1 + sum(alone[each] / (1 - alone[each]) for each in rivals))


def _identity_score(reasons: list[Reason]) -> float:
    """Sum the log-odds; a name that no fact supports is held below the limit for names alone."""
    total = _bounded(sum(reason.contribution for reason in reasons))
    if _is_supported(reasons):
        return total
    return min(total, _RARE_NAME_ALONE_AT_MOST if _is_rare(reasons) else _NAME_ALONE_AT_MOST)


def _is_supported(reasons: list[Reason]) -> bool:
    return sum(reason.contribution for reason in reasons[1:] if reason.contribution > 0) >= _SUPPORT_FROM


def _is_rare(reasons: list[Reason]) -> bool:
    return reasons[0].contribution >= _RARE_FROM


def _bounded(log_odds: float) -> float:
    return max(-20.0, min(6.0, log_odds))


def _original(text: Text, start: int, end: int) -> str:
    first, last = text.original_span(start, end)
    return text.original[first:last]


def evidence_of(text: Text, reason: Reason) -> Evidence:
    """Return a reason as the wire has it, its span in characters of the original text."""
    if reason.start is None or reason.end is None:
        return Evidence(kind=reason.kind, detail=reason.detail, contribution=round(reason.contribution, 3))
    start, end = text.original_span(reason.start, reason.end)
    return Evidence(
        kind=reason.kind, detail=reason.detail, contribution=round(reason.contribution, 3),
        start=start, end=end, text=text.original[start:end],
    )  # fmt: skip
