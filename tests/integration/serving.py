"""One client, the article about her, and who listens where: what the tests of the endpoint share."""

from __future__ import annotations

from typing import Any

import psutil

BOOK = {
    "client_id": "C-1", "kind": "person", "names": [{"name": "Asha Venkatraman", "type": "legal"}],
    "facts": {"employer": ["Northgate Steel"], "role": ["chairwoman"], "city": ["Pune"]},
}  # fmt: skip
HEADLINE = "Northgate Steel chairwoman Asha Venkatraman arrested in Pune"
BODY = (
    "Asha Venkatraman, chairwoman of Northgate Steel, was arrested in Pune on Tuesday, police said. "
    "Ms. Venkatraman denies the charges. Shares of the company fell 12% in early trade."
)


def article(headline: str = HEADLINE, body: str = BODY, **more: Any) -> dict[str, Any]:
    return {
        "article_id": "a1", "provider": "demo", "revision": 1, "received_at": "2026-01-01T00:00:00Z",
        "headline": headline, "body": body, "trace_id": "t1", **more,
    }  # fmt: skip


def listeners(port: int) -> set[int]:
    return {
        connection.pid
        for connection in psutil.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN and connection.pid and connection.laddr[1:] == (port,)
    }


def family(port: int) -> list[psutil.Process]:
    """The processes that listen on a port, and what their common parents started."""
    found = [psutil.Process(pid) for pid in listeners(port)]
    return [*found, *(child for process in found if (parent := process.parent()) for child in parent.children())]
