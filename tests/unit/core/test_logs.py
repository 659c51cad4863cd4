"""What a log line may say of an error: its kind and where, never what was being worked on."""

from __future__ import annotations

import asyncio
import gc
import io
import json
import logging
import sys
import threading
from collections.abc import Iterator

import pytest
import structlog
from pydantic import BaseModel

from core.errors import ConfigurationError
from core.logs import configure_logs, describe_exception, get_logger

SECRET = "a client of the bank"


class _Count(BaseModel):
    count: int


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Configure this process as a server's, and undo it afterwards."""
    written = io.StringIO()
    root, uvicorn = logging.getLogger(), logging.getLogger("uvicorn")
    before = root.handlers[:], root.level, uvicorn.level
    monkeypatch.setattr(sys, "stderr", written)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    configure_logs("test", "DEBUG")
    yield written
    root.handlers[:], root.level, uvicorn.level = before
    structlog.reset_defaults()


def _fail() -> None:
    try:
        _Count.model_validate({"count": SECRET})
    except ValueError as error:
        raise ExceptionGroup(SECRET, [KeyError(SECRET)]) from error


async def _fail_soon() -> None:
    raise ValueError(SECRET)


def test_an_exception_is_logged_by_kind_and_place_only(lines: io.StringIO) -> None:
    try:
        _fail()
    except ExceptionGroup:
        get_logger("ours").exception("failed")
        logging.getLogger("theirs").exception("failed")
    ours, theirs = (json.loads(line) for line in lines.getvalue().splitlines())
    for record in (ours, theirs):
        assert SECRET not in json.dumps(record)
        for part in ("pydantic_core._pydantic_core.ValidationError", "ExceptionGroup", "KeyError", "in _fail"):
            assert part in record["exception"]


async def test_a_task_that_nobody_awaited_is_logged_without_its_message(lines: io.StringIO) -> None:
    task = asyncio.get_running_loop().create_task(_fail_soon())
    await asyncio.wait([task])
    del task
    gc.collect()
    record = json.loads(lines.getvalue().splitlines()[-1])
    assert record["event"] == "Task exception was never retrieved"
    assert "in _fail_soon" in record["exception"]
    assert SECRET not in json.dumps(record)


@pytest.mark.parametrize("in_thread", [False, True])
def test_what_nobody_caught_is_logged_the_same_way(lines: io.StringIO, in_thread: bool) -> None:
    if in_thread:
        thread = threading.Thread(target=_fail)
        thread.start()
        thread.join()
    else:
        sys.excepthook(ValueError, ValueError(SECRET), None)
    (record,) = (json.loads(line) for line in lines.getvalue().splitlines())
    assert record["level"] == "critical"
    assert "ValidationError" in record["exception"] or "ValueError" in record["exception"]
    assert SECRET not in json.dumps(record)


def test_what_the_set_up_lacks_is_said() -> None:
    error = ConfigurationError("run `make setup`")
    assert describe_exception((type(error), error, None)).endswith("ConfigurationError: run `make setup`")


def test_frames_of_sockets_are_not_logged_at_any_level(lines: io.StringIO) -> None:
    logging.getLogger("uvicorn.error").debug("> TEXT '%s'", SECRET)
    logging.getLogger("uvicorn.error").info("started")
    assert [json.loads(line)["event"] for line in lines.getvalue().splitlines()] == ["started"]
