"""`tipline match-names`: score pairs of names from a file, in this process, with the resolver's own name evidence."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, TextIO

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from core.errors import BadInput, NotFound, UnsupportedFormat

if TYPE_CHECKING:
    from models.pairs import CompiledName, Kind

_COLUMNS = ("name1", "name2")
_KINDS = {"": None, "person": "person", "organisation": "organisation", "organization": "organisation"}
_ADDED = ("score", "decision", "why")
_MAX_FIELD_CHARS = 1 << 24  # Python's csv stops at 128 kB, and one hostile field must not stop a file
_COMPILED_NAMES = 1 << 14


class _Pair(NamedTuple):
    number: int  # of the line in the file, from 1
    record: dict[str, Any]


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("match-names")(match_names)


def match_names(
    pairs: Annotated[Path, typer.Option(help="CSV or JSON Lines with name1, name2 and kind (person, organisation).")],
    out: Annotated[Path, typer.Option(help="The same rows with score, decision and why; CSV or JSON Lines.")],
) -> None:
    """Score pairs of names: of pairs scored 0.8, four in five are the same person or organisation."""
    if not pairs.is_file():
        raise NotFound(f"{pairs}: no such file")
    for path in (pairs, out):
        if path.suffix.lower() not in (".csv", ".jsonl"):
            raise UnsupportedFormat(f"{path.name}: the name must end in .csv or .jsonl")
    if out.resolve() == pairs.resolve():
        raise BadInput("--out is the file that --pairs reads")
    console = Console(stderr=True)
    columns = (TextColumn("scoring"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    unfinished = out.with_name(out.name + ".unfinished")
    try:
        with Progress(*columns, console=console, transient=True) as progress, _opened(unfinished, "w") as file:
            read = progress.track(list(_read(pairs)))
            counts = _write(file, out.suffix.lower() == ".jsonl", _scored(pairs.name, read))
        unfinished.replace(out)
    finally:
        unfinished.unlink(missing_ok=True)
    told = ", ".join(f"{counts.get(decision, 0)} {decision}" for decision in ("match", "review", "nil"))
    console.print(f"{sum(counts.values())} pairs: {told}; written to {out}", soft_wrap=True)


def _opened(path: Path, mode: str) -> TextIO:
    try:
        return path.open(mode, encoding="utf-8-sig" if mode == "r" else "utf-8", newline="")  # type: ignore[return-value]
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from error


def _read(path: Path) -> Iterator[_Pair]:
    """Yield the records; BadInput names the line that cannot be read."""
    with closing(_opened(path, "r")) as file:
        try:
            yield from (_json_lines if path.suffix.lower() == ".jsonl" else _csv_rows)(path.name, file)
        except UnicodeDecodeError as error:
            raise BadInput(f"{path.name}: not UTF-8 text (byte {error.start})") from error


def _csv_rows(name: str, file: TextIO) -> Iterator[_Pair]:
    csv.field_size_limit(_MAX_FIELD_CHARS)
    reader = csv.DictReader(file)
    missing = [column for column in _COLUMNS if column not in (reader.fieldnames or ())]
    if missing:
        raise BadInput(f"{name} line 1: no column {' or '.join(missing)}; the header must name name1,name2,kind")
    try:
        for record in reader:
            if None in record:
                raise BadInput(f"{name} line {reader.line_num}: more fields than the header names")
            yield _Pair(reader.line_num, record)
    except csv.Error as error:
        raise BadInput(f"{name} line {reader.line_num}: {error}") from error


def _json_lines(name: str, file: TextIO) -> Iterator[_Pair]:
    for number, line in enumerate(file, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except ValueError as error:
            raise BadInput(f"{name} line {number}: not JSON") from error
        if not isinstance(record, dict):
            raise BadInput(f"{name} line {number}: not an object")
        yield _Pair(number, record)


def _scored(name: str, pairs: Iterable[_Pair]) -> Iterator[dict[str, Any]]:
    """Yield the records with what was found; the right-hand names, often a list of clients, are compiled once."""
    from models.pairs import compile_name, guess_kind, score_names

    compiled: dict[tuple[str, Kind], CompiledName] = {}
    for number, record in pairs:
        left, right = (_text(name, number, record, column) for column in _COLUMNS)
        kind = _kind(name, number, record) or guess_kind(left, right)
        if (right, kind) not in compiled:
            if len(compiled) >= _COMPILED_NAMES:
                compiled.clear()
            compiled[right, kind] = compile_name(right, kind)
        found = score_names(left, compiled[right, kind], kind)
        yield record | dict(zip(_ADDED, (found.score, found.decision, found.why), strict=True))


def _text(name: str, number: int, record: dict[str, Any], column: str) -> str:
    value = record.get(column)
    if not isinstance(value, str) or not value.strip():
        raise BadInput(f"{name} line {number}: {column} is missing or empty")
    return value


def _kind(name: str, number: int, record: dict[str, Any]) -> Kind | None:
    value = str(record.get("kind") or "").strip().lower()
    if value not in _KINDS:
        raise BadInput(f"{name} line {number}: kind is {value!r}, not person or organisation")
    return _KINDS[value]  # type: ignore[return-value]


def _write(file: TextIO, as_json: bool, records: Iterator[dict[str, Any]]) -> dict[str, int]:
    """Write the records and return how many there are of each decision."""
    counts: dict[str, int] = {}
    writer: csv.DictWriter[str] | None = None
    for record in records:
        counts[record["decision"]] = counts.get(record["decision"], 0) + 1
        if as_json:
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
            continue
        if writer is None:
            writer = csv.DictWriter(file, list(record), lineterminator="\n", extrasaction="ignore")
            writer.writeheader()
        writer.writerow(record)
    return counts
