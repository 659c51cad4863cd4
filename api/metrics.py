"""What the gateway counts, for Prometheus; no client, person or alert is in any label."""

from __future__ import annotations

from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """The metrics of one process, in a registry of their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self.requests = Histogram(
            "tipline_http_request_seconds",
            "Time until the answer was sent, by operation of the OpenAPI document.",
            ("operation", "status"),
            buckets=SECONDS,
            registry=self._registry,
        )
        self.sockets = Gauge("tipline_websockets", "Open WebSockets.", registry=self._registry)
        self.closed = Counter(
            "tipline_websockets_closed", "WebSockets that the gateway ended, by close code.", ("code",),
            registry=self._registry,
        )  # fmt: skip
        self.frames = Counter(
            "tipline_feed_frames",
            "Frames of the feeds: sent, or withheld from whom they no longer concern.",
            ("outcome",),
            registry=self._registry,
        )
        self.ticks = Counter(
            "tipline_ticks", "Ticks read from Kafka: news, or late.", ("outcome",), registry=self._registry
        )
        self.tick_frames = Counter(
            "tipline_tick_frames",
            "Frames of ticks: sent, or held back from a socket that had not read the one before.",
            ("outcome",),
            registry=self._registry,
        )
        self.limited = Counter(
            "tipline_rate_limited", "Requests refused because a person sent too many.", registry=self._registry
        )
        self.changes = Counter(
            "tipline_alert_changes", "Changes of an alert's state that people made.", ("kind",), registry=self._registry
        )
        self.feedback = Counter(
            "tipline_alert_feedback", "Feedback on alerts.", ("useful", "reason"), registry=self._registry
        )

    def exposition(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self._registry)


class Measured:
    """ASGI middleware that times each request by its operation; sockets pass through."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, started_s = 500, perf_counter()

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            # Addresses that no operation has, pages among them, would let callers make up labels.
            operation = getattr(scope.get("route"), "operation_id", None) or "other"
            self._metrics.requests.labels(operation, str(status)).observe(perf_counter() - started_s)
