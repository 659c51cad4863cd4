"""Adding a day to a year of days: which objects are read, seen by a proxy between the product and S3."""

from __future__ import annotations

import http.client
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from benchmarks.batch.inputs import land
from benchmarks.batch.measure import Outcome, run
from benchmarks.batch.stack import room_for, running_stack
from core.settings import Settings

POSITIONS = 2_000
DATA_FILE = re.compile(r"/(?P<bucket>[^/]+)/(?P<table>[^/]+)/data/(?:as_of|trade)_date=(?P<day>[0-9-]+)/")
PASSED_ON = ("GET", "HEAD", "PUT", "POST", "DELETE")
# These belong to one connection; the proxy has two.
HOP_BY_HOP = {"connection", "expect", "keep-alive", "transfer-encoding"}


def add_a_day(days: int, heap: str) -> dict[str, Any]:
    """Load so many days in one run and one more in another; return the second's times and what it read."""
    with running_stack(heap) as stack:
        accounts, landed = land(stack, POSITIONS, days + 1)
        room = room_for(stack, "product", accounts)
        dates = [str(day.as_of) for day in landed]
        first = _run(room, "year", dates[0], dates[-2])
        with _watched(room) as (watched, read):
            second = _run(watched, "day", dates[-1])
    return {
        "positions_a_day": landed[-1].positions,
        "days_there": days,
        "load_all": first.said or first.error,
        "add_one": second.said or second.error,
        "data_files_read": _by_table(read),
    }


def _run(settings: Settings, name: str, *dates: str) -> Outcome:
    return run(settings, "benchmarks.batch.product", *dates, name=name)


def _by_table(paths: Counter[str]) -> dict[str, Any]:
    """Return for each table how many data files were read and of which days."""
    found: dict[str, dict[str, set[str]]] = {}
    for path in paths:
        if match := DATA_FILE.match(path):
            table = found.setdefault(f"{match['bucket']}/{match['table']}", {"files": set(), "days": set()})
            table["files"].add(path)
            table["days"].add(match["day"])
    return {
        name: {"files": len(read["files"]), "days": len(read["days"]), "earliest": min(read["days"])}
        for name, read in sorted(found.items())
    }


@contextmanager
def _watched(settings: Settings) -> Iterator[tuple[Settings, Counter[str]]]:
    """Put a proxy before S3 and count what is got through it, by path."""
    read: Counter[str] = Counter()
    server = ThreadingHTTPServer((settings.bind_host, 0), _handler(urlsplit(settings.s3_url).netloc, read))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    address = f"http://{settings.bind_host}:{server.server_port}"
    try:
        yield settings.model_copy(update={"s3_url": address, "sqs_url": address, "kms_url": address}), read
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(upstream: str, read: Counter[str]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Say nothing."""

        def _pass_on(self) -> None:
            if self.command == "GET":
                read[unquote(urlsplit(self.path).path)] += 1
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
            with _connection(upstream) as connection:
                connection.request(self.command, self.path, body, headers)
                answer = connection.getresponse()
                content = answer.read()
            self.send_response_only(answer.status, answer.reason)
            for name, value in answer.getheaders():
                if name.lower() not in HOP_BY_HOP | {"content-length"}:
                    self.send_header(name, value)
            length = answer.headers.get("Content-Length") if self.command == "HEAD" else None
            self.send_header("Content-Length", length or str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    for method in PASSED_ON:
        setattr(Handler, f"do_{method}", Handler._pass_on)
    return Handler


@contextmanager
def _connection(address: str) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection(address)
    try:
        yield connection
    finally:
        connection.close()
