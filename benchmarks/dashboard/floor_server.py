"""The floor: the same server library and database driver, one route, one SELECT, no log-in, no rules."""

from __future__ import annotations

import argparse
from typing import Any

import orjson
import uvicorn
import uvloop

from clients.postgres import AsyncPool, async_pool
from core.settings import load_settings

_SELECT = """
    SELECT client_id, as_of_date, market_value::text, pnl_total::text FROM client_metrics
    WHERE client_id = %s ORDER BY as_of_date DESC LIMIT 1
"""


class Floor:
    """An ASGI application that answers any path with the newest figures of the client that ends it."""

    def __init__(self, pool: AsyncPool) -> None:
        self._pool = pool

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        async with self._pool.connection() as session:
            row = await (await session.execute(_SELECT, (scope["path"].rpartition("/")[2],))).fetchone()
        body = orjson.dumps(row)
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


async def run(port: int) -> None:
    """Serve until killed."""
    async with async_pool(load_settings()) as pool:
        config = uvicorn.Config(
            Floor(pool), host="127.0.0.1", port=port, lifespan="off", log_config=None, access_log=False
        )
        await uvicorn.Server(config).serve()


def main() -> None:
    """Read the port and serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int)
    uvloop.run(run(parser.parse_args().port))


if __name__ == "__main__":
    main()
