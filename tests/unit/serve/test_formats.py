"""Content negotiation, CSV, and vectors as bytes."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence

import numpy as np
import pytest

from core.errors import BadInput, UnsupportedFormat
from models.embedder import DIMENSIONS, Embeddings
from serve.media import BINARY, FLOATS, JSON, JSON_LINES, NPY, TEXTS, ContentType, negotiate
from serve.protocol import Invocation, Unreadable, read_invocation, write_reply
from serve.targets import EmbedderTarget


@pytest.mark.parametrize(
    ("accept", "request_type", "expected"),
    [
        ("", JSON, JSON),
        ("*/*", JSON_LINES, JSON_LINES),
        ("*/*", "text/csv", JSON),
        ("application/*", "application/x-ndjson", "application/x-ndjson"),
        (JSON_LINES, JSON, JSON_LINES),
        ("application/x-npy;q=0.5, application/json;q=0.4", JSON, NPY),
        ("application/json;q=0, */*;q=0.1", JSON, JSON_LINES),
        ("image/png, Application/Octet-Stream", JSON, FLOATS),
    ],
)
def test_the_best_liked_form_is_written(accept: str, request_type: str, expected: str) -> None:
    assert negotiate(accept, ContentType.of(request_type), (*TEXTS, *BINARY)) == expected


def test_what_cannot_be_written_names_what_can() -> None:
    with pytest.raises(UnsupportedFormat, match=r"ask for application/json, application/jsonlines$"):
        negotiate(NPY, ContentType.of(""), TEXTS)
    with pytest.raises(BadInput):
        negotiate("*/*;q=high", ContentType.of(""), TEXTS)


@pytest.mark.parametrize("header", ["application/xml", "text/csv; charset=utf-16", "nonsense"])
def test_other_content_types_are_refused(header: str) -> None:
    with pytest.raises(UnsupportedFormat):
        ContentType.of(header)


def csv_records(text: str, header: str = "text/csv") -> Sequence[object]:
    return read_invocation(text.encode(), ContentType.of(header), JSON).records


def test_each_csv_row_is_a_text_or_with_a_header_an_object() -> None:
    assert csv_records('one\n"two, ""quoted""\r\nand long"\n\nthree\n') == ["one", 'two, "quoted"\r\nand long', "three"]
    rows = csv_records("headline,body,sentences\r\nTram,Work begins.,\r\n", "text/csv; header=present")
    assert rows == [{"headline": "Tram", "body": "Work begins."}]
    assert csv_records("", "text/csv; header=present") == []


def test_a_bad_csv_row_fails_alone() -> None:
    bare = csv_records('one\n"two" x\nthree,four\nfive\n')
    assert [isinstance(one, Unreadable) for one in bare] == [False, True, True, False]
    named = csv_records('a,b\n1,2\n1\n"', "text/csv; header=present")
    assert named[0] == {"a": "1", "b": "2"}
    assert [isinstance(one, Unreadable) for one in named] == [False, True, True]
    with pytest.raises(BadInput):
        read_invocation(b"\xff", ContentType.of("text/csv"), JSON)


class Encoder:
    """Writes a text's length into its vector; texts of ten characters and more count as cut."""

    def encode(self, texts: Sequence[str], *, max_tokens: int = 0) -> Embeddings:
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        vectors[:, 0] = [len(text) for text in texts]
        return Embeddings(vectors, tuple(len(text) >= 10 for text in texts))


def embedded(reply_type: str, *records: object) -> tuple[bytes, str]:
    answer = EmbedderTarget(Encoder()).answer(Invocation(records, reply_type=reply_type))
    return write_reply(answer.documents, reply_type), answer.notes


def test_vectors_come_as_a_numpy_file_or_as_bare_numbers() -> None:
    records = ("a text", 7, "a long text", Unreadable("broken"), "b")
    numpy_file, notes = embedded(NPY, *records)
    rows = np.load(io.BytesIO(numpy_file))
    assert (rows.dtype, rows.shape, notes) == (np.float32, (5, DIMENSIONS), "truncated=1,failed=2")
    assert rows[[0, 2, 4], 0].tolist() == [6, 11, 1]
    assert np.isnan(rows[[1, 3]]).all()
    bare, _ = embedded(FLOATS, *records)
    assert np.array_equal(np.frombuffer(bare, "<f4").reshape(5, DIMENSIONS), rows, equal_nan=True)
    assert embedded(NPY)[1] == ""


@pytest.mark.parametrize("reply_type", [JSON, JSON_LINES])
def test_the_same_vectors_come_as_json_with_the_reason_of_each_failure(reply_type: str) -> None:
    reply, notes = embedded(reply_type, "a text", 7, Unreadable("broken"), "a long text")
    documents = json.loads(reply)["predictions"] if reply_type == JSON else [json.loads(x) for x in reply.splitlines()]
    assert [one.get("truncated") for one in documents] == [False, None, None, True]
    assert [one["error"]["message"] for one in documents[1:3]] == ["a record must be a string", "broken"]
    assert (documents[0]["embedding"][0], len(documents[0]["embedding"]), notes) == (6, DIMENSIONS, "")
