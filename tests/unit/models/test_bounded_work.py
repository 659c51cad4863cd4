"""Hostile text costs a bounded number of steps, counted rather than timed, and offsets still lead back."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from models import mentions
from models.linking import link_mentions
from models.mention_match import match_form
from models.text import Text
from tests.unit.models.resolving import article, entry, resolver, saxena

MEBIBYTE = 1 << 20
CROWD = [entry(f"C-{n}", f"Amit Saxena{'abcdefgh'[n]}") for n in range(8)]


def attempts_on(body: str) -> int:
    with patch.object(mentions, "match_form", wraps=match_form) as attempts:
        link_mentions(resolver(saxena(), *CROWD), article("Amit Saxena", body[:MEBIBYTE]))
    return attempts.call_count


@pytest.mark.parametrize(
    "body",
    [
        "Amit Saxena " * (MEBIBYTE // 12), "Saxena " * 20_000, "A. Saxena, " * 10_000, "अमित सक्सेना " * 10_000,
    ],
    ids=["names", "family names", "initials", "devanagari"],
)  # fmt: skip
def test_text_made_of_names_is_given_up_on(body: str) -> None:
    assert attempts_on(body) <= mentions.MAX_ATTEMPTS + 100


@pytest.mark.parametrize(
    "body",
    ["x" * 100_000, "я" * 100_000, "<b>" * 50_000, "\u202e\u200b" * 50_000, "", "Amit " * 20_000],
    ids=["token", "cyrillic token", "markup", "controls", "empty", "given names"],
)
def test_text_without_a_name_is_not_looked_at_closely(body: str) -> None:
    assert attempts_on(body) <= 20


@pytest.mark.parametrize(
    "written",
    [
        "Am\u200bit Sax\u200dena", "\u202eAmit\u202c Saxena", "<b>Amit Saxena</b>", "Amit\u00a0Saxena",
        "А. Иванов, Amit Saxena, 林浩然", "\U0001f600 Amit Saxena \U0001f600",
    ],
)  # fmt: skip
def test_offsets_lead_back_to_what_was_written(written: str) -> None:
    body = f"Police: {written}, chairman of Saxena Industries, was held."
    sent = article("News of the day", body)
    found = link_mentions(resolver(), sent)
    assert found
    assert all(sent.text[each.start : each.end] == each.text for each in found)
    assert found[0].text.replace("\u200b", "").replace("\u200d", "").strip("\u202e\u202c") in (
        "Amit Saxena", "Amit\u00a0Saxena", "Amit\u202c Saxena",
    )  # fmt: skip


def test_over_long_text_is_cut_not_refused() -> None:
    assert len(Text("", "a " * MEBIBYTE).original) == MEBIBYTE
