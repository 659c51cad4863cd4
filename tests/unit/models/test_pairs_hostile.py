"""Names nobody bears: bounded time and no error, whatever comes."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.pairs import Kind, score_names

HOSTILE = [
    "",
    " ",
    ".",
    "\x00",
    "🙂🙂",
    "a" * 100_000,
    "a " * 50_000,
    "\u202e" * 100_000 + "Amit",
    "A\u200bm\u200dit Sax\u202eena",
    "अ" * 100_000,
    "్" * 5000,
    "中" * 100_000,
    "S/o " * 1000,
    "(" * 10_000,
    "alias " * 10_000,
    "A." * 50_000,
    "'" * 10_000,
    ", " * 1000,
    "Аmit Ѕaxena क्ष 王",
    "\ud7a3\u1100\u1161",
    "&" * 1000,
    "M/s " * 1000,
]


@pytest.mark.parametrize("kind", ["person", "organisation"])
@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_bounded_time_on_both_sides(name: str, kind: Kind) -> None:
    start = time.process_time()
    for left, right in ((name, "Amit Saxena"), ("Amit Saxena", name), (name, name)):
        assert 0 <= score_names(left, right, kind).score < 1
    assert time.process_time() - start < 1


def test_invisible_characters_change_nothing() -> None:
    plain = score_names("Amit Padmanabhan", "Amit Padmanabhan", "person").score
    assert score_names("A\u200bmit\u202e Padma\u00adnabhan", "Amit Padmanabhan", "person").score == plain


@pytest.mark.parametrize("name", ["", " ", "...", "🙂"])
def test_a_name_without_letters_matches_nothing(name: str) -> None:
    assert score_names(name, name, "person").decision == "nil"
    assert score_names(name, "Amit Saxena", "person").score == 0


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40), st.text(max_size=40), st.sampled_from(["person", "organisation"]))
def test_any_text_scores_the_same_both_ways(left: str, right: str, kind: Kind) -> None:
    assert abs(score_names(left, right, kind).score - score_names(right, left, kind).score) <= 0.35
    assert score_names(left, right, kind).why
