"""The container's entry point with SageMaker's environment and layout, without Docker: start, calls, drain."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import httpx
import pytest

from ops.drill.product import free_ports
from tests.integration.conftest import ROOT
from tests.integration.router_process import until
from tests.integration.serving import BOOK, article

LINES = {"content-type": "application/jsonlines"}


def start(base: Path, log: IO[bytes]) -> tuple[subprocess.Popen[bytes], str]:
    """Start `serve` as `docker run IMAGE serve` would, but on the loopback, and return its address too."""
    (port,) = free_ports(1)
    sagemaker = {"SAGEMAKER_BASE_DIR": str(base), "SAGEMAKER_BIND_TO_PORT": str(port), "SAGEMAKER_BATCH": "true"}
    ours = {"TIPLINE_BIND_HOST": "127.0.0.1", "TIPLINE_DATA_DIR": str(base / "data"), "HF_HUB_OFFLINE": "1"}
    plain = {name: value for name, value in os.environ.items() if not name.startswith("TIPLINE_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "serve.container", "serve"],
        cwd=ROOT,
        env={**plain, **sagemaker, **ours},
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    return process, f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What stands for /opt/ml, with a model archive unpacked in it."""
    base = tmp_path_factory.mktemp("opt-ml")
    (base / "registry.jsonl").write_text(json.dumps(BOOK) + "\n")
    with tarfile.open(base / "model.tar.gz", "w:gz") as archive:
        archive.add(base / "registry.jsonl", arcname="registry.jsonl")
    with tarfile.open(base / "model.tar.gz") as archive:
        archive.extractall(base / "model", filter="data")
    return base


@pytest.fixture(scope="module")
def container(base: Path) -> Iterator[tuple[subprocess.Popen[bytes], httpx.Client]]:
    with (base / "log").open("wb") as log:
        process, address = start(base, log)
        with httpx.Client(base_url=address, timeout=60, trust_env=False) as http:
            until(lambda: status(http) is not None or process.poll() is not None, timeout_s=60)
            assert status(http) in (200, 503), (base / "log").read_text()
            until(lambda: status(http) == 200, timeout_s=60)
            yield process, http
        process.kill()
        process.wait()


def status(http: httpx.Client) -> int | None:
    try:
        return http.get("/ping").status_code
    except httpx.TransportError:
        return None


def test_a_batch_transform_asks_and_sends_many_records_a_body(
    container: tuple[subprocess.Popen[bytes], httpx.Client],
) -> None:
    _, http = container
    parameters = http.get("/execution-parameters").json()
    assert parameters == {"MaxConcurrentTransforms": 2, "BatchStrategy": "MULTI_RECORD", "MaxPayloadInMB": 100}
    records = [article(), article("Council approves tram line", "Work begins in spring.", article_id="a2")]
    body = "\n".join(json.dumps(record) for record in records)
    reply = http.post("/invocations", content=body, headers={**LINES, "accept": "*/*"})
    found = [json.loads(line) for line in reply.content.splitlines()]
    assert (reply.status_code, [one["article_id"] for one in found]) == (200, ["a1", "a2"])
    assert [one["client_id"] for one in found[0]["candidates"]] == ["C-1"]


def test_every_target_is_there_and_ping_answers_while_all_slots_are_full(
    container: tuple[subprocess.Popen[bytes], httpx.Client],
) -> None:
    _, http = container
    work = "\n".join(json.dumps(f"text {number} " * 30) for number in range(24)).encode()
    embed = {**LINES, "x-amzn-sagemaker-target-model": "embedder", "accept": "application/octet-stream"}
    done = []
    callers = [
        threading.Thread(target=lambda: done.append(http.post("/invocations", content=work, headers=embed)))
        for _ in range(4)
    ]
    for caller in callers:
        caller.start()
    pings = [http.get("/ping")]
    while any(caller.is_alive() for caller in callers):
        pings.append(http.get("/ping"))
    assert {reply.status_code for reply in pings} == {200}
    assert sorted(reply.elapsed.total_seconds() for reply in pings)[len(pings) // 2] < 0.05
    assert [len(reply.content) for reply in done] == [24 * 384 * 4] * 4


def test_sigterm_lets_a_request_under_way_finish(
    container: tuple[subprocess.Popen[bytes], httpx.Client],
) -> None:
    process, http = container
    body = "\n".join(json.dumps(article(article_id=f"a{number}")) for number in range(20)).encode()

    def sent() -> Iterator[bytes]:
        yield body
        # The request is under way: its head and most of its body are with the server.
        process.send_signal(signal.SIGTERM)
        yield b"\n"

    reply = http.post("/invocations", content=sent(), headers=LINES)
    assert (reply.status_code, len(reply.content.splitlines())) == (200, 20)
    assert process.wait(timeout=30) == 0
