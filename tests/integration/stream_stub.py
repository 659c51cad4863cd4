"""A stand-in for the model endpoint: answers by what the headline asks for, counts calls, can be down or slow."""

from __future__ import annotations

import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class StubEndpoint:
    """Serves `enrich` on a port until closed; `calls` counts invocations by article id."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.calls: Counter[str] = Counter()
        self.authorizations: set[str] = set()
        self.gate = threading.Event()
        self.gate.set()
        self._server: ThreadingHTTPServer | None = None

    def up(self) -> None:
        stub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                if stub._server is None:  # a kept-alive connection outlives the listening socket
                    self.close_connection = True
                    return
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                reply = json.dumps(stub.answer(self.path, dict(self.headers), body), ensure_ascii=False).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            def log_message(self, *_: Any) -> None:
                return

        class Server(ThreadingHTTPServer):
            def handle_error(self, *_: Any) -> None:
                """A caller that is killed breaks its connection; that is the test's own doing."""

        self._server = Server(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def down(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def answer(self, path: str, headers: dict[str, str], request: dict[str, Any]) -> dict[str, Any]:
        assert path == "/endpoints/news-enrichment/invocations"
        assert headers["X-Amzn-SageMaker-Target-Model"] == "enrich"
        self.authorizations.add(headers["Authorization"].split(",")[0])
        if not request["instances"]:
            return {"predictions": []}
        (article,) = request["instances"]
        self.calls[article["article_id"]] += 1
        if article["headline"] == "slow":
            self.gate.wait(30)
        return {"predictions": [prediction(article, request["keep_above"], request["review_from"])]}


def prediction(article: dict[str, Any], keep_above: float, review_from: float) -> dict[str, Any]:
    """Two candidates and a retraction, or the error that the headline names."""
    place = {"article_id": article["article_id"], "revision": article["revision"]}
    error = article["headline"].removeprefix("error ") if article["headline"].startswith("error ") else None
    if error:
        reason = {"code": error, "message": "as asked"}
        return {**place, "candidates": [], "retraction": None, "decisions": [], "error": reason}
    kept = {"client_id": "CLIENT-A", "relevance": (keep_above + 1) / 2, "exact": 1.10, "text": article["body"], **place}
    doubtful = {"client_id": "CLIENT-B", "relevance": review_from, **place}
    return {
        **place,
        "candidates": [kept, doubtful],
        "retraction": {"kind": "retraction", **place} if article["action"] != "created" else None,
        "decisions": [{"client_id": "CLIENT-A", **place}, {"client_id": None, **place}],
        "error": None,
    }
