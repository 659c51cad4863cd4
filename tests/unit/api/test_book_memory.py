"""Which answers about books are remembered."""

from __future__ import annotations

from api.book_memory import BookMemory


def test_what_was_asked_for_longest_ago_is_forgotten_first() -> None:
    memory = BookMemory(limit_bytes=10)
    memory.keep("old", b"12345")
    memory.keep("older", b"1234")
    assert memory.recall("old") == b"12345"
    memory.keep("new", b"12345")
    assert (memory.recall("older"), memory.recall("old"), memory.recall("new")) == (None, b"12345", b"12345")


def test_an_answer_that_is_kept_again_counts_once() -> None:
    memory = BookMemory(limit_bytes=10)
    memory.keep("book", b"12345")
    memory.keep("book", b"123456")
    memory.keep("other", b"1234")
    assert (memory.recall("book"), memory.recall("other")) == (b"123456", b"1234")


def test_an_answer_larger_than_everything_is_answered_and_not_kept() -> None:
    memory = BookMemory(limit_bytes=3)
    assert memory.keep("book", b"12345") == b"12345"
    assert memory.recall("book") is None
