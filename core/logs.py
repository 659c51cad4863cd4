"""Structured logs: JSON lines on standard error, never with client names or article text.

An exception is logged by its kind and its frames. Its message is left out: those of pydantic, PostgreSQL and others
quote the value or the row at fault.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import Iterator
from types import TracebackType

import structlog

from core.errors import ConfigurationError

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def configure_logs(process: str, level: str = "INFO") -> None:
    """Send structlog and the standard library's records of this process to standard error as JSON lines.

    What nobody caught, in the main thread or another, is logged in the same way.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(describe_exception),
        _stamp(process),
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, _shorten_asyncio],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for chatty in ("kafka", "httpx", "httpcore", "botocore", "urllib3"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    # Below INFO it logs the frames of every WebSocket, which are alerts.
    logging.getLogger("uvicorn").setLevel(max(root.level, logging.INFO))
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    sys.excepthook = _on_uncaught
    threading.excepthook = _on_uncaught_in_thread


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """Return a logger whose first argument is an event name in past tense and whose fields are keywords."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


def describe_exception(exc_info: ExcInfo) -> str:
    """Return the kinds and frames of an exception and of what led to it, oldest first, without their messages."""
    return "".join(_lines(exc_info[1], set())).rstrip()


def _shorten_asyncio(
    _logger: structlog.typing.WrappedLogger, _name: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Keep the first line: the next ones show the task or the handle at fault, with its exception's message."""
    if event["_record"].name == "asyncio":
        event["event"] = event["event"].partition("\n")[0]
    return event


def _lines(error: BaseException, seen: set[int]) -> Iterator[str]:
    seen.add(id(error))
    origin = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if origin is not None and id(origin) not in seen:
        yield from _lines(origin, seen)
        yield "which led to:\n"
    yield from traceback.format_tb(error.__traceback__)
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    # Only this one's message is written for whoever reads the log.
    yield f"{kind}: {error.message}\n" if isinstance(error, ConfigurationError) else f"{kind}\n"
    for part in error.exceptions if isinstance(error, BaseExceptionGroup) else ():
        yield from _lines(part, seen)


def _on_uncaught(_kind: object, error: BaseException, _trace: object) -> None:
    if isinstance(error, KeyboardInterrupt):
        sys.__excepthook__(type(error), error, error.__traceback__)
        return
    get_logger(__name__).critical("process_failed", exc_info=error)


def _on_uncaught_in_thread(thrown: threading.ExceptHookArgs) -> None:
    if thrown.exc_type is not SystemExit:
        get_logger(__name__).critical("thread_failed", exc_info=thrown.exc_value)


def _stamp(process: str) -> structlog.typing.Processor:
    def add_process(
        _logger: structlog.typing.WrappedLogger, _name: str, event: structlog.typing.EventDict
    ) -> structlog.typing.EventDict:
        event["process"] = process
        return event

    return add_process
