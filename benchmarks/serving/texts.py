"""The texts: paragraphs and headlines of real news, every one different, so that nothing is gained by repetition."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

# Words of a headline where one is cut from the beginning of a sentence.
HEADLINE_WORDS = 10
SHORTEST_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class Texts:
    """Paragraphs of any length, and headlines: the titles, and beginnings of sentences, of which news has more."""

    paragraphs: list[str]
    headlines: list[str]


def read_texts(articles: Path) -> Texts:
    """Read a CSV with the columns title and text."""
    with articles.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    paragraphs = [one.strip() for row in rows for one in re.split(r"\n\s*\n", row["text"])]
    paragraphs = [one for one in dict.fromkeys(paragraphs) if len(one) >= SHORTEST_CHARACTERS]
    sentences = [words for one in paragraphs for words in map(str.split, re.split(r"(?<=\.)\s+", one))]
    beginnings = [" ".join(words[:HEADLINE_WORDS]) for words in sentences if len(words) > HEADLINE_WORDS]
    headlines = list(dict.fromkeys([*(row["title"] for row in rows), *beginnings]))
    return Texts(paragraphs, headlines)


def in_requests(texts: list[str], size: int) -> list[list[str]]:
    """Part texts into requests of equal size; what is left over is left out."""
    return [texts[start : start + size] for start in range(0, len(texts) - size + 1, size)]
