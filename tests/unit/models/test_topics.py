from __future__ import annotations

import pytest

from models.text import Text
from models.topics import classify


@pytest.mark.parametrize(
    ("headline", "topic", "severity"),
    [
        ("Amit Saxena arrested in bank fraud case", "arrest", "critical"),
        ("Industrialist Amit Saxena dies at 58", "death", "critical"),
        ("Treasury sanctions Saxena Industries", "sanction", "critical"),
        ("Saxena Industries to buy rival in takeover", "acquisition", "important"),
        ("Saxenas to divorce after twenty years", "divorce", "important"),
        ("Amit Saxena resigns as chairman", "resignation", "important"),
        ("Saxena Industries files for initial public offering", "ipo", "important"),
        ("Amit Saxena donates 10 million to hospital charity", "philanthropy", "info"),
        ("Saxena Industries reports quarterly results", "results", "info"),
        ("Amit Saxena opens a garden", "other", "info"),
    ],
)
def test_topic_and_severity(headline: str, topic: str, severity: str) -> None:
    assert classify(Text(headline, headline + ".")) == (topic, severity)


def test_the_headline_outweighs_a_word_in_the_body() -> None:
    body = "The company was founded in 1990. " * 20 + "A lawsuit from 2001 was mentioned."
    assert classify(Text("Saxena Industries appoints chief executive, names Rao as CEO", body))[0] == "appointment"
