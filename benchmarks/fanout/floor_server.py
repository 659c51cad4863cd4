"""The floor: the least a server can do. `websockets`, a Redis subscription, no log-in, no history, no conflation."""

from __future__ import annotations

import argparse

import orjson
import uvloop
from websockets.asyncio.server import ServerConnection, broadcast, serve

from clients.redis import connect_async
from core.settings import Settings, load_settings


class Floor:
    """Sends an alert to its RM's socket, and to every socket what it watches of each batch of ticks."""

    def __init__(self) -> None:
        self._sockets: dict[str, ServerConnection] = {}
        self._watched: dict[ServerConnection, list[str]] = {}

    async def serve_one(self, socket: ServerConnection) -> None:
        """Register a socket under its path until it closes."""
        assert socket.request is not None  # noqa: S101
        watched: list[str] = orjson.loads(await socket.recv())
        self._sockets[socket.request.path[1:]], self._watched[socket] = socket, watched
        await socket.send('"ready"')
        await socket.wait_closed()
        del self._watched[socket]

    def alert(self, rm: str, text: bytes) -> None:
        """Send an alert."""
        if (socket := self._sockets.get(rm)) is not None:
            broadcast([socket], text, text=True)

    def ticks(self, batch: bytes) -> None:
        """Send ticks: each is serialised once."""
        items = {tick["instrument"]: orjson.dumps(tick) for tick in orjson.loads(batch)}
        for socket, watched in self._watched.items():
            frame = b'{"type":"ticks","items":[%b]}' % b",".join([items[each] for each in watched])
            broadcast([socket], frame, text=True)


async def run(settings: Settings, port: int) -> None:
    """Serve until killed."""
    floor = Floor()
    # No compression, as with us.
    server = serve(floor.serve_one, "127.0.0.1", port, compression=None, ping_interval=settings.ws_heartbeat_s)
    async with server, connect_async(settings).pubsub() as subscription:
        await subscription.psubscribe("bench:*")
        async for message in subscription.listen():
            if message["type"] == "pmessage":
                _, kind, *rm = message["channel"].decode().split(":")
                floor.alert(rm[0], message["data"]) if kind == "alert" else floor.ticks(message["data"])


def main() -> None:
    """Read the port and serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    uvloop.run(run(load_settings(), parser.parse_args().port))


if __name__ == "__main__":
    main()
