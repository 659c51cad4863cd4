"""One article to everything the alert needs: resolve, filter, summarise the survivors once, sign the story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from core.clock import utc_now
from core.events import (
    Article,
    Decision,
    EnrichedArticle,
    Event,
    Match,
    Retraction,
    Severity,
    SummarySentence,
    Times,
    Topic,
    enrichment_id,
)
from models.signature import SIGNATURE_TOKENS, sign, signature_text
from models.summarizer import Summarizer, TextEncoder

MATCH_METHOD = "registry"


class Failure(Event):
    """Why one record of a request has no prediction: a stable code and one sentence."""

    code: str
    message: str


class Prediction(Event):
    """The endpoint's answer for one article; `error` is set instead of the rest when the record could not be read."""

    article_id: str | None = None
    revision: int | None = None
    candidates: tuple[EnrichedArticle, ...] = ()
    retraction: Retraction | None = None
    decisions: tuple[Decision, ...] = ()
    error: Failure | None = None


class Resolution(Protocol):
    """What a resolver says about an article: a decision for each client it considered, and how grave the news is."""

    @property
    def decisions(self) -> Sequence[Decision]:
        """Every decision, nil and review included."""
        ...

    @property
    def severity(self) -> Severity:
        """How loud the alert should be."""
        ...

    @property
    def topic(self) -> Topic:
        """What happened."""
        ...


class ArticleResolver(Protocol):
    """Article in, resolution out."""

    def resolve(self, article: Article) -> Resolution:
        """Decide which clients an article is about."""
        ...


@dataclass(frozen=True, slots=True)
class Enricher:
    """The hot path in one process: no hop between resolving, summarising and signing."""

    resolver: ArticleResolver
    encoder: TextEncoder
    summarizer: Summarizer

    def enrich(self, article: Article, *, keep_above: float, review_from: float) -> Prediction:
        """Return the candidates with relevance >= `review_from`; those > `keep_above` are summarised."""
        if article.action in ("removed", "withheld"):
            return Prediction(
                article_id=article.article_id, revision=article.revision, retraction=_retraction(article, ())
            )
        resolution = self.resolver.resolve(article)
        resolved_at = utc_now()
        considered = [decision for decision in resolution.decisions if decision.client_id is not None]
        # One client may be met under several names or relations: its best decision stands for it.
        best: dict[str, Decision] = {}
        for decision in sorted(considered, key=lambda one: one.relevance):
            best[decision.client_id or ""] = decision
        survivors = [decision for decision in best.values() if decision.relevance >= review_from]
        survivors.sort(key=lambda one: -one.relevance)
        kept = tuple(sorted(client for client, decision in best.items() if decision.relevance > keep_above))
        summary = self._summarize(article) if kept else ()
        signatures = self._sign(article, survivors)
        times = Times(
            published=article.published_at, received=article.received_at, resolved=resolved_at, summarized=utc_now()
        )
        return Prediction(
            article_id=article.article_id,
            revision=article.revision,
            candidates=tuple(
                self._candidate(
                    article, resolution, decision, summary if decision.client_id in kept else (), signature, times
                )
                for decision, signature in zip(survivors, signatures, strict=True)
            ),
            retraction=None if article.action == "created" else _retraction(article, kept),
            decisions=tuple(resolution.decisions),
        )

    def _summarize(self, article: Article) -> tuple[SummarySentence, ...]:
        return self.summarizer.summarize(article.article_id, article.headline, article.body)

    def _sign(self, article: Article, decisions: Sequence[Decision]) -> list[str]:
        texts = [signature_text(article.headline, article.body, _identifying(one)) for one in decisions]
        return [sign(vector) for vector in self.encoder.encode(texts, max_tokens=SIGNATURE_TOKENS).vectors]

    def _candidate(
        self,
        article: Article,
        resolution: Resolution,
        decision: Decision,
        summary: tuple[SummarySentence, ...],
        signature: str,
        times: Times,
    ) -> EnrichedArticle:
        client_id = decision.client_id or ""
        return EnrichedArticle(
            enrichment_id=enrichment_id(article.article_id, article.revision, client_id),
            article=article,
            client_id=client_id,
            relation=decision.relation,
            match=Match(score=decision.identity, method=MATCH_METHOD, evidence=decision.evidence),
            relevance=decision.relevance,
            severity=resolution.severity,
            topic=resolution.topic,
            summary=summary,
            signature=signature,
            times=times if summary else times.model_copy(update={"summarized": None}),
            why=decision.why,
            versions=decision.versions.model_copy(update={"summarizer": self.summarizer.version if summary else None}),
            trace_id=article.trace_id,
        )


def _identifying(decision: Decision) -> set[str]:
    """Return the words by which the article says who the client is: name, parts of the name, and facts."""
    spans = [evidence for evidence in decision.evidence if evidence.text]
    names = {word for evidence in spans if evidence.kind == "name" for word in (evidence.text or "").split()}
    return names | {evidence.text or "" for evidence in spans}


def _retraction(article: Article, matched_client_ids: tuple[str, ...]) -> Retraction:
    return Retraction(
        article_id=article.article_id,
        revision=article.revision,
        action=article.action,
        matched_client_ids=matched_client_ids,
        content_hash=article.content_hash,
        received_at=article.received_at,
        trace_id=article.trace_id,
    )
