"""Bad files are refused whole, each with a reason and, where there is one, the line."""

from __future__ import annotations

import gzip
import hashlib
import io
import pickle
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from batch.landing.errors import BadFile
from batch.landing.manifest import Manifest, parse_manifest
from batch.landing.reader import make_manifest
from batch.landing.spool import Limits
from tests.unit.batch.landing.samples import CASH, HEADER, NAMES, POSITIONS, ROW, read

NOTED = f"{HEADER},note\n{ROW},"
NO_TEXT = pa.array([], pa.string())
SMALL = Limits(file_bytes=4_000_000, ratio=20, ratio_from_bytes=100_000)


def zipped() -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("positions.csv", POSITIONS)
    return sink.getvalue()


def parquet(**columns: object) -> bytes:
    sink = io.BytesIO()
    table = pa.table({name: columns.get(name, ["x"]) for name in NAMES})
    pq.write_table(table, sink)
    return sink.getvalue()


GZ, ZST = gzip.compress(POSITIONS.encode() * 50), zstandard.compress(POSITIONS.encode() * 50)
BAD: list[tuple[str, bytes | str, int | None, str]] = [
    ("empty", b"", None, "the file is empty"),
    ("only a header", HEADER + "\n", 1, "a header and no rows"),
    ("no header", f"{ROW}\n{CASH}\n", 1, "no header"),
    ("a title before the header", f"Positions of today\n{POSITIONS}", 1, "no header"),
    ("a column missing", POSITIONS.replace("quantity", "amount"), 1, "no column quantity"),
    ("a column twice", POSITIONS.replace("cost_price", "price"), 1, "column price is there twice"),
    ("a column without a name", POSITIONS.replace("cost_price", ""), 1, "a column has no name"),
    ("a reserved column", POSITIONS.replace("cost_price", "line"), 1, "`line` is not allowed"),
    ("a pipe as delimiter", POSITIONS.replace(",", "|"), 1, "the delimiter is `|`"),
    ("another kind of file", "as_of_date,pair,rate\n2026-01-05,EURUSD,1.1\n", 1, "no column client_id"),
    ("UTF-16", POSITIONS.encode("utf-16"), 1, "UTF-16"),
    ("mixed encodings", f"{NOTED}Zürich\n".encode() + f"{ROW},Genève\n".encode("latin-1"), 3, "mixed encodings"),
    ("mixed in one line", NOTED.encode() + "Zürich ".encode() + "Genève\n".encode("latin-1"), 2, "mixed encodings"),
    ("another code page", NOTED.encode() + "100 €\n".encode("cp1252"), 2, "neither UTF-8 nor Latin-1"),
    ("binary", POSITIONS.replace("C-1", "C\0-1").encode(), 2, "a NUL byte"),
    ("truncated in a row", POSITIONS[:-30], 3, "the file ends in the middle of a row"),
    ("truncated in a quote", NOTED + '"cut', 2, "unexpected end of data"),
    ("a quote that swallows rows", NOTED + f'"open\n{ROW},a\n{ROW},"b"\n', 2, "not closed rightly by line 4"),
    ("a quote with a row too wide", NOTED + '"two\nlines",more\n', 2, "not closed rightly by line 3"),
    ("comma and point", POSITIONS.replace(",", ";").replace("187.25", "187,25"), 2, "price `187,25` has a decimal `,`"),
    ("gz truncated", GZ[:-9], None, "gzip data is truncated or damaged"),
    ("gz damaged", GZ[:40] + b"\xff\xff" + GZ[42:], None, "gzip data is truncated or damaged"),
    ("zst truncated", ZST[:-5], None, "zstd data is truncated or damaged"),
    ("a gz bomb", gzip.compress(bytes(1_000_000)), None, "looks like a zip bomb"),
    ("a zst bomb", zstandard.compress(bytes(3_000_000)), None, "looks like a zip bomb"),
    ("compressed twice", gzip.compress(GZ), None, "compressed twice"),
    ("a zip archive", zipped(), None, "the file is zip"),
    ("too large", b"x" * 4_000_001, None, "larger than 4000000 bytes"),
    ("Parquet truncated", parquet()[:-20], None, "Parquet file is truncated or damaged"),
    ("Parquet with floats", parquet(price=[0.1]), None, "column price is binary floating point"),
    ("Parquet with lists", parquet(client_id=[["x"]]), None, "column client_id holds list"),
    ("Parquet too large", parquet(client_id=["x" * 5_000_000]), None, "looks like a zip bomb"),
    ("Parquet without rows", parquet(**dict.fromkeys(NAMES, NO_TEXT)), None, "no rows"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "line", "reason"), [pytest.param(*case[1:], id=case[0]) for case in BAD])
def test_bad_files_are_refused_with_their_reason(content: bytes | str, line: int | None, reason: str) -> None:
    with pytest.raises(BadFile) as refused:
        read(content, limits=SMALL)
    assert reason in refused.value.reason
    assert refused.value.line == line


def test_the_message_says_file_and_line_also_after_a_process_border() -> None:
    error = pickle.loads(pickle.dumps(BadFile("why", 7).in_file("positions/date=2026-01-05/a.csv")))  # noqa: S301
    assert str(error) == "positions/date=2026-01-05/a.csv:7: why"
    assert (error.reason, error.line, error.code) == ("why", 7, "bad_file")


def test_a_file_agrees_with_its_own_manifest() -> None:
    manifest = make_manifest(io.BytesIO(POSITIONS.encode()), "positions")
    assert manifest.rows == 2
    assert manifest.sha256 == hashlib.sha256(POSITIONS.encode()).hexdigest()
    assert manifest.control_sums["quantity"] == "-240.750000000000"
    assert len(read(POSITIONS, manifest=manifest)) == 2


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"rows": 3}, "2 rows came, the manifest says 3"),
        ({"sha256": "0" * 64}, "the manifest says 0000"),
        ({"control_sums": {"quantity": "-240.74"}}, "quantity sums to -240.75"),
        ({"control_sums": {"quantity": "much"}}, "is not a decimal number"),
        ({"control_sums": {"client_id": "1"}}, "no numeric column"),
        ({"control_sums": {"price": "NaN"}}, "price sums to 188.25"),
    ],
)
def test_a_manifest_that_disagrees_refuses_the_file(wrong: dict[str, object], reason: str) -> None:
    right = make_manifest(io.BytesIO(POSITIONS.encode()), "positions")
    with pytest.raises(BadFile, match=reason):
        read(POSITIONS, manifest=right.model_copy(update=wrong))


@pytest.mark.parametrize(
    ("number", "reason"),
    [("many", "line 2: `many` cannot be added"), ("1e400", "cannot be added"), ("Infinity", "what is no number")],
)
def test_what_is_no_number_has_no_control_sum(number: str, reason: str) -> None:
    content = POSITIONS.replace(",10,", f",{number},").encode()
    manifest = Manifest(rows=2, sha256=hashlib.sha256(content).hexdigest(), control_sums={"quantity": "0"})
    with pytest.raises(BadFile, match=reason):
        read(content, manifest=manifest)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"rows: 3", "Invalid JSON"),
        (b'{"rows": 1}', "sha256: Field required"),
        (b'{"rows": "1", "sha256": "%s"}' % (b"0" * 64), "rows: "),
        (b'{"rows": 1, "sha256": "abc"}', "sha256: "),
        (b'{"rows": 1, "sha256": "%s", "control_sums": {"price": 1.5}}' % (b"0" * 64), "control_sums.price: "),
    ],
)
def test_a_manifest_that_is_none_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(BadFile, match=reason) as refused:
        parse_manifest(body, "a.manifest.json")
    assert refused.value.name == "a.manifest.json"


def test_a_malformed_row_gets_no_manifest() -> None:
    with pytest.raises(BadFile, match="line 4: 2 fields"):
        make_manifest(io.BytesIO((POSITIONS + "a,b\n").encode()), "positions")
