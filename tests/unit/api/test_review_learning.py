"""What a decision about a candidate teaches."""

from __future__ import annotations

import pytest

from api.review_learning import contexts, mention
from api.review_models import Decide, Learned, ReviewDecision
from api.reviews import lessons
from core.errors import BadInput
from core.events import EnrichedArticle, Evidence, Match, Reference
from tests.router_samples import enriched

BODY = "Rain fell. Amit Saxena joins the board of Borealis Marine Holdings in Oslo, said Jane Holt. Acme Group rose."


def candidate(body: str = BODY, name: str = "Amit Saxena", *, tags: tuple[str, ...] = ()) -> EnrichedArticle:
    found = enriched(body=body, organisations=tuple(Reference(name=tag) for tag in tags))
    start = found.article.text.index(name)
    evidence = Evidence(kind="name", detail="full name", contribution=1.0, start=start, end=start + len(name))
    return found.model_copy(update={"match": Match(score=0.7, method="rules", evidence=(evidence,))})


def decide(decision: ReviewDecision, article: EnrichedArticle, **more: str) -> Learned:
    return lessons(Decide.model_validate({"decision": decision, **more}), article)


def test_the_mention_is_written_as_in_the_text_on_one_line() -> None:
    assert mention(candidate()) == "Amit Saxena"
    assert mention(candidate("By Amit\nSaxena today", "Amit\nSaxena")) == "Amit Saxena"


def test_the_words_beside_the_name_are_proper_names_of_its_sentence_the_nearest_first() -> None:
    assert contexts(candidate()) == ["Borealis Marine Holdings", "Jane Holt"]


def test_what_the_provider_tagged_comes_first_where_the_text_holds_it() -> None:
    assert contexts(candidate(tags=("Acme Group", "Elsewhere Ltd", "Saxena"))) == ["Acme Group"]


def test_a_sentence_without_other_names_teaches_no_words() -> None:
    assert contexts(candidate("Amit Saxena was seen. The Acme Group rose.")) == []


def test_accept_teaches_name_and_words_alias_the_name_only_reject_nothing() -> None:
    assert decide("accept", candidate()) == Learned(
        alias="Amit Saxena", contexts=["Borealis Marine Holdings", "Jane Holt"]
    )
    assert decide("alias", candidate(), name="A. Saxena") == Learned(alias="A. Saxena")
    assert decide("reject", candidate()) == Learned()


def test_block_needs_words_so_that_it_never_silences_the_client_everywhere() -> None:
    assert decide("block", candidate(), context="Borealis") == Learned(block="Amit Saxena", contexts=["Borealis"])
    with pytest.raises(BadInput) as refused:
        decide("block", candidate("Amit Saxena was seen."))
    assert refused.value.code == "no_context"


def test_news_of_a_related_company_teaches_no_name_of_the_client() -> None:
    inherited = candidate().model_copy(update={"relation": "chairman"})
    assert (mention(inherited), contexts(inherited)) == (None, [])
    assert decide("accept", inherited) == Learned()
    with pytest.raises(BadInput) as refused:
        decide("alias", inherited)
    assert refused.value.code == "no_name"
