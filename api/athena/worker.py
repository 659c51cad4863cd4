"""One query in a process of its own: whatever it does to memory or time ends there, and killing it ends it at once."""

from __future__ import annotations

import resource
from multiprocessing.connection import Connection
from pathlib import Path

import pyarrow as pa

from api.athena import results
from api.athena.engine import Engine
from api.athena.layouts import layout_of
from api.athena.queries import Outcome, Query
from clients.s3 import Store
from core.errors import TiplineError
from core.logs import get_logger
from core.settings import Settings

OUT_OF_MEMORY = "the query needed more memory than it may have; name fewer days, columns or groups"

log = get_logger(__name__)


def work(settings: Settings, query: Query, sender: Connection) -> None:
    """Run a query, write its result, and send the outcome; nothing is sent when memory gave out beneath us."""
    # DuckDB counts only a part of what it takes: the kernel counts all.
    _bound_memory(settings.sql_memory_bytes)
    sender.send(_outcome(settings, query))


def _outcome(settings: Settings, query: Query) -> Outcome:
    limits = results.Limits(settings.sql_rows_limit, settings.sql_result_limit_bytes)
    try:
        with Engine(settings).answer(query.query, query.database, query.role) as answer:
            columns = results.columns_of(answer.schema)
            place = results.Place.parse(query.output_location)
            rows, size_bytes = results.write(
                Store(settings), place, layout_of(query.query), columns, answer.batches, limits
            )
            seen = answer.seen
        clients = frozenset(seen.clients)
        return Outcome("SUCCEEDED", None, tuple(columns), rows, size_bytes, seen.scanned_bytes, clients)
    except TiplineError as error:
        return Outcome("FAILED", error.message)
    except MemoryError:
        return Outcome("FAILED", OUT_OF_MEMORY)
    except Exception:
        log.exception("query_failed", query=str(query.query_id))
        return Outcome("FAILED", "internal failure")


def _bound_memory(size_bytes: int) -> None:
    """Let this process have so much memory beyond what it has now."""
    # Arrow's own allocator reserves far more than it uses, which would count.
    pa.set_memory_pool(pa.system_memory_pool())
    lines = Path("/proc/self/status").read_text().splitlines()
    has_kb = next(int(line.split()[1]) for line in lines if line.startswith("VmData:"))
    limit = has_kb * 1024 + size_bytes
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
