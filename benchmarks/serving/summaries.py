"""`python -m benchmarks.serving.summaries --articles CSV`: summaries a second, and ROUGE beside other ways to extract.

The reference is the lede, the first paragraph of each article; summarised is what follows it: nobody can copy it.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.latency.report import environment
from benchmarks.serving.rouge import rouge
from models.embedder_loading import cpu_flags, load_embedder
from models.summarizer import RANKING, SENTENCE_TOKENS, ExtractiveSummarizer, TextEncoder, pick_sentences
from models.summarizer_sentences import split_sentences

RESULT = Path(__file__).parent / "results" / "summaries.json"
SENTENCES = 3
# Of an article of 500 tokens: what the speed is measured on.
WORDS = 380
DAMPING, ROUNDS = 0.85, 30
SHORTEST_WORDS = 80


@dataclass(frozen=True, slots=True)
class Story:
    """An article without its first paragraph, and that paragraph."""

    title: str
    lede: str
    body: str

    @property
    def sentences(self) -> list[str]:
        """The sentences of the body."""
        return [span.text for span in split_sentences(self.body)]


Way = Callable[[Story], list[str]]


def main() -> None:
    """Measure quality on whole articles, and speed on articles of equal length."""
    parser = argparse.ArgumentParser(prog="benchmarks.serving.summaries", description=__doc__)
    parser.add_argument("--articles", type=Path, required=True, help="CSV with the columns title and text")
    parser.add_argument("--out", type=Path, default=RESULT)
    given = parser.parse_args()
    here = environment() | {"cpu_flags": sorted(flag for flag in cpu_flags() if "avx512" in flag or "amx" in flag)}
    stories = read_stories(given.articles)
    ways = ways_of(load_embedder())
    found: dict[str, Any] = {}
    for name, way in ways.items():
        scores = [rouge(" ".join(way(story)), story.lede) for story in stories]
        figures = {key: round(100 * statistics.fmean(score[key] for score in scores), 2) for key in scores[0]}
        found[name] = figures | {"of_500_tokens": _speed(way, stories)}
        print(json.dumps({name: found[name]}), flush=True)
    faithful = all(sentence in story.body for story in stories for sentence in ways["product, short list"](story))
    result = {
        "environment": here,
        "articles": {"from": given.articles.name, "count": len(stories)},
        "every_sentence_stands_in_its_article": faithful,
        "ways": found,
    }
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(result, indent=1) + "\n")


def read_stories(articles: Path) -> list[Story]:
    """Return the articles that have a lede and enough after it; the first line of each is its date."""
    stories = []
    with articles.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            _date, *paragraphs = [one.strip() for one in re.split(r"\n\s*\n", row["text"]) if one.strip()]
            body = "\n\n".join(paragraphs[1:])
            if len(body.split()) >= SHORTEST_WORDS:
                stories.append(Story(row["title"], paragraphs[0], body))
    return stories


def ways_of(encoder: TextEncoder) -> dict[str, Way]:
    """Return the ways to choose sentences, by name."""
    summarizer = ExtractiveSummarizer(encoder)

    def short_list(story: Story) -> list[str]:
        return [one.text for one in summarizer.summarize("a", story.title, story.body, sentences=SENTENCES)]

    def every_sentence(story: Story) -> list[str]:
        sentences = story.sentences
        vectors = encoder.encode([story.title, *sentences], max_tokens=SENTENCE_TOKENS).vectors
        return [sentences[place] for place in sorted(pick_sentences(vectors[0], vectors[1:], SENTENCES, RANKING))]

    def like_the_title(story: Story) -> list[str]:
        sentences = story.sentences
        vectors = encoder.encode([story.title, *sentences], max_tokens=SENTENCE_TOKENS).vectors
        return _best(sentences, vectors[1:] @ vectors[0])

    return {
        "product, short list": short_list,
        "product, every sentence": every_sentence,
        "lead": lambda story: story.sentences[:SENTENCES],
        "like the title": like_the_title,
        "LexRank": lambda story: _best(story.sentences, lexrank(story.sentences)),
    }


def lexrank(sentences: Sequence[str]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return the continuous LexRank (Erkan & Radev 2004) of sentences: PageRank over the cosines of their TF-IDF."""
    words = [Counter(re.findall(r"\w+", one.lower())) for one in sentences]
    vocabulary = {word: place for place, word in enumerate(sorted({word for one in words for word in one}))}
    counts = np.zeros((len(words), len(vocabulary)))
    for row, one in enumerate(words):
        for word, times in one.items():
            counts[row, vocabulary[word]] = times
    rows = counts * np.log(len(words) / np.maximum((counts > 0).sum(axis=0), 1))
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    steps = rows @ rows.T
    steps /= np.maximum(steps.sum(axis=1, keepdims=True), 1e-9)
    rank = np.full(len(words), 1 / len(words))
    for _ in range(ROUNDS):
        rank = (1 - DAMPING) / len(words) + DAMPING * (steps.T @ rank)
    return rank


def _best(sentences: Sequence[str], scores: np.ndarray[Any, Any]) -> list[str]:
    places = np.argsort(-scores, kind="stable")[:SENTENCES]
    return [sentences[place] for place in sorted(places)]


def _speed(way: Way, stories: Sequence[Story]) -> dict[str, float]:
    """Return articles a second, and a second of CPU, which a busy machine does not change."""
    long = [Story(one.title, one.lede, _cut(one.body)) for one in stories if len(one.body.split()) >= WORDS]
    way(long[0])
    began_s, cpu_s = time.perf_counter(), time.process_time()
    for story in long:
        way(story)
    elapsed_s, used_s = time.perf_counter() - began_s, time.process_time() - cpu_s
    return {"articles_per_s": round(len(long) / elapsed_s, 1), "articles_per_cpu_s": round(len(long) / used_s, 1)}


def _cut(body: str) -> str:
    """Return the first WORDS words, the space between them kept."""
    return "".join(re.split(r"(\s+)", body)[: 2 * WORDS])


if __name__ == "__main__":
    main()
