"""The peer: python-socketio with its Redis manager, used as its documentation says; one room for each RM."""

from __future__ import annotations

import argparse
import asyncio
from typing import Any

import orjson
import socketio
import uvicorn

from clients.redis import connect_async
from core.settings import Settings, load_settings


def redis_address(settings: Settings) -> str:
    """Return the address with the password in it, as python-socketio wants it."""
    return settings.redis_url.replace("redis://", f"redis://:{settings.redis_password.get_secret_value()}@")


def build(settings: Settings) -> Any:
    """Return the ASGI application."""
    server = socketio.AsyncServer(
        async_mode="asgi", client_manager=socketio.AsyncRedisManager(redis_address(settings)), http_compression=False
    )
    watched: dict[str, list[str]] = {}
    # Nobody else holds on to a task.
    tasks: list[Any] = []

    async def connect(sid: str, environ: dict[str, Any], _auth: Any) -> None:
        if not tasks:
            tasks.append(server.start_background_task(fan_out))
        watched[sid] = []
        await server.enter_room(sid, environ["QUERY_STRING"].partition("rm=")[2].partition("&")[0])

    async def subscribe(sid: str, instruments: list[str]) -> None:
        watched[sid] = instruments
        await server.emit("ready", to=sid, ignore_queue=True)

    async def disconnect(sid: str, _reason: str) -> None:
        watched.pop(sid, None)

    async def fan_out() -> None:
        # Ticks are for the sockets of this process alone, so they stay off the manager's queue.
        async with connect_async(settings).pubsub() as subscription:
            await subscription.subscribe("bench:ticks")
            async for message in subscription.listen():
                if message["type"] == "message":
                    ticks = {tick["instrument"]: tick for tick in orjson.loads(message["data"])}
                    for sid, instruments in list(watched.items()):
                        await server.emit("ticks", [ticks[each] for each in instruments], to=sid, ignore_queue=True)
                        await asyncio.sleep(0)

    for handler in (connect, subscribe, disconnect):
        server.on(handler.__name__, handler)
    return socketio.ASGIApp(server)


def main() -> None:
    """Read the port and serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    port = parser.parse_args().port
    uvicorn.run(
        build(load_settings()), host="127.0.0.1", port=port, log_config=None, access_log=False,
        ws="websockets-sansio", ws_per_message_deflate=False,
    )  # fmt: skip


if __name__ == "__main__":
    main()
