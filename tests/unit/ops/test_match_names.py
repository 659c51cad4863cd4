"""`tipline match-names` on files a person would hand it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from core.errors import BadInput, NotFound, TiplineError, UnsupportedFormat
from ops.match_names import match_names

HEADER = "name1,name2,kind"


def _csv(folder: Path, *lines: str) -> Path:
    path = folder / "pairs.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_csv_keeps_its_columns_and_gets_three(tmp_path: Path) -> None:
    pairs = _csv(
        tmp_path, "id," + HEADER, '7,"Saxena, Amit",अमित सक्सेना,person', "8,Adani Power,Adani Ports,organisation"
    )
    out = tmp_path / "out.csv"
    match_names(pairs, out)
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == ["7", "8"]
    assert rows[0]["name1"] == "Saxena, Amit"
    assert float(rows[0]["score"]) > 0.5 > float(rows[1]["score"])
    assert rows[1]["decision"] == "nil"
    assert "power is not ports" in rows[1]["why"]


def test_json_lines_and_a_kind_left_out(tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text('{"name1": "TCS", "name2": "Tata Consultancy Services Ltd"}\n\n', encoding="utf-8")
    out = tmp_path / "out.jsonl"
    match_names(pairs, out)
    (row,) = map(json.loads, out.read_text(encoding="utf-8").splitlines())
    assert row["decision"] == "match"
    assert row["name1"] == "TCS"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((HEADER, "A,B,person", "A,B,dog"), "line 3: kind is 'dog'"),
        ((HEADER, "Amit,,person"), "line 2: name2"),
        (("left,right", "A,B"), "line 1: no column name1 or name2"),
        ((HEADER, "A,B,person,extra"), "line 2: more fields"),
    ],
)
def test_a_bad_row_is_named_by_its_line_and_nothing_is_left_behind(
    tmp_path: Path, lines: tuple[str, ...], said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        match_names(_csv(tmp_path, *lines), tmp_path / "out.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["pairs.csv"]


def test_bad_files_are_refused(tmp_path: Path) -> None:
    pairs = _csv(tmp_path, HEADER, "A,B,person")
    refused: list[tuple[Path, Path, type[TiplineError]]] = [
        (tmp_path / "none.csv", tmp_path / "out.csv", NotFound),
        (pairs, tmp_path / "out.xlsx", UnsupportedFormat),
        (pairs, pairs, BadInput),
        (pairs, tmp_path / "no folder" / "out.csv", BadInput),
    ]
    for source, out, error in refused:
        with pytest.raises(error):
            match_names(source, out)
    (tmp_path / "bytes.csv").write_bytes(b"name1,name2,kind\n\xff\xfe,B,person\n")
    with pytest.raises(BadInput, match="not UTF-8"):
        match_names(tmp_path / "bytes.csv", tmp_path / "out.csv")
