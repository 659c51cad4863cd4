"""What the endpoint bears: closed-loop clients, each with one signed request under way, without retries."""

from __future__ import annotations

import json
import statistics
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from clients.endpoint import EndpointClient
from core.clock import rfc3339, utc_now
from core.errors import BadInput, TiplineError
from core.settings import Settings
from serve.targets import EMBEDDER, SUMMARIZER, TARGETS

HEADLINE = "Shipping group's chairman resigns after a dispute with lenders"
BODY = (
    "The chairman of the shipping group resigned on Tuesday after a dispute with its lenders, the company said. "
    "Lenders had asked for a new board after the group missed a payment of $4.1m. Shares fell 12.5% in early trade."
)


def measure(settings: Settings, target: str, clients: int, records: int, seconds: float) -> dict[str, Any]:
    """Return requests and records a second, quantiles of the time of what succeeded, and answers by status."""
    if target not in TARGETS:
        raise BadInput(f"target must be one of {', '.join(TARGETS)}", code="unknown_target")
    body = json.dumps({"instances": [_record(target, number) for number in range(records)]}).encode()
    # A client of its own for each, as callers have: connections are not shared. All are made before the clock runs.
    callers = [EndpointClient(settings, attempts=1) for _ in range(clients)]
    began_s = time.monotonic()

    def call(caller: EndpointClient) -> tuple[list[float], Counter[str]]:
        taken_s: list[float] = []
        answers: Counter[str] = Counter()
        while (sent_s := time.monotonic()) < began_s + seconds:
            try:
                caller.invoke_raw(target, body, "application/json")
            except TiplineError as error:
                answers[str(error.status)] += 1
            else:
                answers["200"] += 1
                taken_s.append(time.monotonic() - sent_s)
        return taken_s, answers

    with ThreadPoolExecutor(clients) as pool:
        heard = list(pool.map(call, callers))
    elapsed_s = time.monotonic() - began_s
    taken_s = [one for some, _ in heard for one in some]
    answers: Counter[str] = sum((some for _, some in heard), Counter())
    return {
        "target": target,
        "clients": clients,
        "records_a_request": records,
        "seconds": round(elapsed_s, 1),
        "requests_per_s": round(len(taken_s) / elapsed_s, 1),
        "records_per_s": round(len(taken_s) * records / elapsed_s, 1),
        "latency_ms": _quantiles_ms(taken_s),
        "answers": dict(answers),
    }


def _quantiles_ms(taken_s: list[float]) -> dict[str, float]:
    if len(taken_s) < 2:
        return {}
    cuts = statistics.quantiles(taken_s, n=100, method="inclusive")
    return {f"p{share}": round(1000 * cuts[share - 1], 1) for share in (50, 95, 99)}


def _record(target: str, number: int) -> Any:
    headline = f"{HEADLINE} ({number})"
    if target == EMBEDDER:
        return headline
    if target == SUMMARIZER:
        return {"headline": headline, "body": BODY}
    return {
        "article_id": f"bench-{number}",
        "provider": "bench",
        "revision": 1,
        "received_at": rfc3339(utc_now()),
        "headline": headline,
        "body": BODY,
        "trace_id": f"bench-{number}",
    }
