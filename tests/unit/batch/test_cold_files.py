"""A partition's rows in parts of bounded size, with a digest that knows no order."""

from __future__ import annotations

import gzip
import hashlib
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import orjson

from batch.cold_files import PartWriter, to_line


def written(folder: Path, lines: list[bytes], limit_bytes: int = 1 << 20) -> PartWriter:
    folder.mkdir()
    writer = PartWriter(folder, limit_bytes)
    for line in lines:
        writer.add(line, line)
    writer.finish()
    return writer


def test_parts_hold_every_line_once_and_say_what_they_are(tmp_path: Path) -> None:
    lines = [hashlib.shake_256(str(number).encode()).hexdigest(5000).encode() for number in range(200)]
    writer = written(tmp_path / "a", lines, limit_bytes=200_000)
    assert len(writer.parts) > 2
    assert (writer.rows, sum(part.rows for part in writer.parts)) == (200, 200)
    content = b""
    for part in writer.parts:
        raw = part.path.read_bytes()
        assert (part.size_bytes, part.sha256) == (len(raw), hashlib.sha256(raw).hexdigest())
        content += gzip.decompress(raw)
    assert content.splitlines() == lines


def test_the_digest_is_of_the_rows_not_of_their_order(tmp_path: Path) -> None:
    lines = [b"1", b"2", b"2", b"3"]
    first, second = written(tmp_path / "a", lines), written(tmp_path / "b", lines[::-1])
    assert first.digest == second.digest
    assert written(tmp_path / "c", [b"1", b"2", b"3"]).digest != first.digest


def test_nothing_makes_no_part(tmp_path: Path) -> None:
    assert written(tmp_path / "a", []).parts == []


def test_a_line_keeps_every_value() -> None:
    row = {"d": date(2026, 3, 2), "m": Decimal("-12.30"), "b": b"\x00\xff", "t": datetime(2026, 3, 2, 1, tzinfo=UTC)}
    assert orjson.loads(to_line(row)) == {
        "d": "2026-03-02", "m": "-12.30", "b": "AP8=", "t": "2026-03-02T01:00:00+00:00",
    }  # fmt: skip
