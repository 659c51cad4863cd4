"""`tipline resolve` on small files: both formats, bad lines, and an output that is whole or not there."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from ops.resolve import register

BOOK: dict[str, Any] = {
    "client_id": "C-1", "kind": "person", "names": [{"name": "Amit Saxena", "type": "legal"}],
    "facts": {"employer": ["Saxena Industries Ltd"], "role": ["chairman"], "city": ["Mumbai"]},
}  # fmt: skip
NEWS: list[dict[str, Any]] = [
    {"id": "n-1", "title": "Amit Saxena arrested", "text": "Amit Saxena, chairman of Saxena Industries, was held."},
    {"id": 2, "title": "Rates unchanged", "text": "Nothing happened.", "language": "en"},
    {"id": "n-3", "title": "Am\u200bit Saxena", "text": "<p>\U0001f600 Saxena Industries: Amit Saxena</p>"},
]


def resolve(folder: Path, articles: bytes, *, name: str = "news.jsonl", out: str = "out.jsonl") -> tuple[int, str]:
    (folder / "book.jsonl").write_text(json.dumps(BOOK))
    (folder / name).write_bytes(articles)
    options = ("--registry", "book.jsonl", "--articles", name, "--out", out)
    paths = [option if option.startswith("--") else str(folder / option) for option in options]
    command = typer.Typer()
    register(command)
    done = CliRunner().invoke(command, [*paths, "--processes", "1"])
    return done.exit_code, f"{done.output} {done.exception}"


def json_lines(*records: Any) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def test_every_article_has_its_line_and_every_mention_its_place(tmp_path: Path) -> None:
    code, said = resolve(tmp_path, json_lines(*NEWS))
    assert code == 0
    assert "3 articles, 4 mentions" in said
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [line["id"] for line in lines] == ["n-1", "2", "n-3"]
    for line, article in zip(lines, NEWS, strict=True):
        text = f"{article['title']}\n{article['text']}"
        assert all(text[each["start"] : each["end"]] == each["text"] for each in line["mentions"])
    first = lines[0]["mentions"][0]
    assert (first["decision"], first["client_id"], first["why"][:9]) == ("match", "C-1", "Full name")
    assert first["relevance"] == pytest.approx(first["identity"] * first["aboutness"], abs=1e-3)
    assert {"name", "employer"} <= {each["kind"] for each in first["evidence"]}


def test_csv_in_and_out(tmp_path: Path) -> None:
    with (tmp_path / "in.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, ("id", "title", "text"), extrasaction="ignore")
        writer.writeheader()
        writer.writerows(NEWS)
    code, _ = resolve(tmp_path, (tmp_path / "in.csv").read_bytes(), name="news.csv", out="out.csv")
    assert code == 0
    with (tmp_path / "out.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == ["n-1", "n-1", "2", "n-3", "n-3"]
    assert rows[0]["client_id"] == "C-1"
    assert json.loads(rows[0]["candidates"])[0]["client_id"] == "C-1"


@pytest.mark.parametrize(
    "line", [b"not json\n", b"[1]\n", b'{"id": "x"}\n', b'{"id": "", "title": "t", "text": "t"}\n', b'"\xff"\n']
)
def test_a_bad_line_is_named_and_the_rest_goes_on(tmp_path: Path, line: bytes) -> None:
    code, said = resolve(tmp_path, json_lines(NEWS[0]) + line + json_lines(NEWS[1]))
    assert code == 1
    assert "news.jsonl line 2" in said
    lines = [json.loads(each) for each in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [each["id"] for each in lines] == ["n-1", None, "2"]
    assert lines[1]["line"] == 2


def test_a_csv_without_a_column_is_refused_and_leaves_no_output(tmp_path: Path) -> None:
    code, said = resolve(tmp_path, b"id,title\n1,x\n", name="news.csv")
    assert code == 1
    assert "no column text" in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["book.jsonl", "news.csv"]


def test_no_articles_is_no_error(tmp_path: Path) -> None:
    assert resolve(tmp_path, b"")[0] == 0
    assert (tmp_path / "out.jsonl").read_bytes() == b""
