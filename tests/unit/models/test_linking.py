"""Every mention in an article: spans in the original text, short names, and who else may be meant."""

from __future__ import annotations

import itertools

import pytest

from models.linking import LinkedMention, link_mentions
from models.registry import RegistryEntry
from tests.unit.models.resolving import article, entry, resolver, saxena

RITU = entry("UHNW-103", "Ritu Saxena", employer=("Aarohi Trust",), city=("Mumbai",))
ORBITPATH = entry("UHNW-104", "Amit Saxena", employer=("Orbitpath GmbH",), city=("Berlin",))
ARREST = "Amit Saxena, chairman of Saxena Industries, was arrested. Saxena denies it."


def linked(headline: str, body: str, *entries: RegistryEntry) -> list[LinkedMention]:
    found = link_mentions(resolver(*entries), article(headline, body))
    text = f"{headline}\n{body}"
    assert all(text[each.start : each.end] == each.text for each in found)
    assert all(left.end <= right.start for left, right in itertools.pairwise(found))
    return found


def test_full_and_short_names_are_linked_where_they_stand() -> None:
    found = linked("Amit Saxena arrested", ARREST)
    assert [each.text for each in found] == ["Amit Saxena", "Amit Saxena", "Saxena"]
    assert {each.client_id for each in found} == {"UHNW-102"}
    assert {each.decision for each in found} == {"match"}


def test_a_short_name_follows_the_full_name_before_it() -> None:
    body = ARREST + " His wife Ritu Saxena of the Aarohi Trust was in Mumbai. Saxena declined to comment."
    found = linked("Amit Saxena arrested", body, saxena(), RITU)
    assert [(each.text, each.client_id) for each in found[-3:]] == [
        ("Saxena", "UHNW-102"),
        ("Ritu Saxena", "UHNW-103"),
        ("Saxena", "UHNW-103"),
    ]


def test_clients_of_one_name_are_both_candidates_and_neither_is_linked_without_a_fact() -> None:
    [first, *_] = linked("Amit Saxena honoured", "Amit Saxena was honoured on Friday.", saxena(), ORBITPATH)
    assert {each.client_id for each in first.candidates} == {"UHNW-102", "UHNW-104"}
    assert (first.client_id, first.decision) == (None, "nil")


def test_a_rare_name_that_two_clients_bear_says_so() -> None:
    twins = [entry(f"T-{n}", "Padmanabhan Thiruvengadam") for n in range(2)]
    [first, *_] = linked("-", "Padmanabhan Thiruvengadam was honoured on Friday.", *twins)
    assert first.decision == "nil"
    assert "others bear the name" in first.why
    assert [each.contribution < -1 for each in first.evidence if each.kind == "others"] == [True]


def test_the_client_whose_fact_is_told_comes_first() -> None:
    [first, *_] = linked("Amit Saxena sells", "Amit Saxena, founder of Orbitpath, sold it.", saxena(), ORBITPATH)
    assert first.client_id == "UHNW-104"
    assert first.candidates[0].client_id == "UHNW-104"
    assert first.candidates[0].identity > 0.8 > first.candidates[1].identity


def test_a_client_in_passing_is_linked_but_not_decided_for() -> None:
    body = "The gala went on. It raised two million. Guests included Amit Saxena, chairman of Saxena Industries."
    [mention] = linked("City news", body)
    assert (mention.client_id, mention.decision) == ("UHNW-102", "nil")
    assert mention.identity > 0.8 > mention.relevance


@pytest.mark.parametrize(
    ("headline", "body"),
    [
        ("Нет новостей", "Ничего не произошло."),
        ("", ""),
        ("Rates unchanged", "The central bank left its rate alone, John Smith of Acme said."),
    ],
)
def test_news_about_nobody_has_no_mention(headline: str, body: str) -> None:
    assert linked(headline, body) == []
