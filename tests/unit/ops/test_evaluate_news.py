"""Scoring of `tipline evaluate news`, and its in-process mode on a small book of labelled articles."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from core.errors import BadInput
from ops.evaluate_news import in_process, read_labels, score

URL = "https://wire.example/{}"
BOOK = {
    "client_id": "C-1",
    "kind": "person",
    "names": [{"name": "Amit Saxena", "type": "legal"}],
    "facts": {"employer": ["Saxena Industries Ltd"], "role": ["chairman"]},
}


def labels_file(tmp_path: Path, *rows: tuple[str, str, str]) -> Path:
    path = tmp_path / "labels.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([("url", "client_id", "label"), *rows])
    return path


def test_misses_and_false_alerts_are_counted_and_optional_pairs_are_neither(tmp_path: Path) -> None:
    labels = read_labels(
        labels_file(
            tmp_path, ("a", "C-1", "alert"), ("b", "C-1", "alert"), ("c", "C-1", "none"), ("d", "C-1", "optional")
        )
    )
    outcome = score({("a", "C-1"), ("c", "C-1"), ("d", "C-1"), ("e", "C-2")}, labels)
    assert outcome.recall == 0.5
    assert outcome.misses == (("b", "C-1"),)
    assert outcome.false_alerts == (("c", "C-1"), ("e", "C-2"))
    assert [error["error"] for error in outcome.errors] == ["missed", "false_alert", "false_alert"]


def test_an_unknown_label_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="line 2"):
        read_labels(labels_file(tmp_path, ("a", "C-1", "maybe")))


def test_in_process_mode_reads_csv_and_rss_as_the_intake_does(tmp_path: Path) -> None:
    book, articles, feed = tmp_path / "book.jsonl", tmp_path / "articles.csv", tmp_path / "feed.xml"
    book.write_text(json.dumps(BOOK))
    text = "Amit Saxena, chairman of Saxena Industries, was held on Friday. Saxena is silent."
    with articles.open("w", newline="") as file:
        csv.writer(file).writerows(
            [
                ("url", "date", "title", "text"),
                (URL.format(1), "2019-01-04", "Amit Saxena arrested", text),
                (URL.format(2), "2019-01-05", "Amit Saxena hits century", "Cricketer Amit Saxena made 112 on Friday."),
            ]
        )
    feed.write_text(
        "<rss version='2.0'><channel><title>t</title><item><title>Amit Saxena resigns</title>"
        f"<link>{URL.format(3)}</link><description>{text}</description></item></channel></rss>"
    )
    found, facts = in_process([articles, feed], book)
    assert found == {(URL.format(1), "C-1"), (URL.format(3), "C-1")}
    assert facts["articles"] == 3
