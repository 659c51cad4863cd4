"""Metrics count by operation, and no caller makes up a label."""

from __future__ import annotations

from types import SimpleNamespace

from starlette.types import Message, Receive, Scope, Send

from api.metrics import Measured, Metrics


async def run(metrics: Metrics, route: object | None) -> None:
    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        if route is not None:
            scope["route"] = route
        await send({"type": "http.response.start", "status": 404, "headers": []})

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(_message: Message) -> None:
        return None

    scope: Scope = {"type": "http", "method": "GET", "path": "/secret/name"}
    await Measured(app, metrics)(scope, receive, send)


async def test_a_request_is_counted_by_its_operation_and_an_unknown_address_by_none() -> None:
    metrics = Metrics()
    await run(metrics, SimpleNamespace(operation_id="readAlert"))
    await run(metrics, None)
    text = metrics.exposition().decode()
    assert 'tipline_http_request_seconds_count{operation="readAlert",status="404"} 1.0' in text
    assert 'tipline_http_request_seconds_count{operation="other",status="404"} 1.0' in text
    assert "secret" not in text
