"""The endpoint on a real Ray head: boto3 unmodified, every target, a registry edit, and kill -9 of a replica."""

from __future__ import annotations

import io
import json
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import numpy as np
import psutil
import pytest
from botocore.exceptions import ClientError
from typer.testing import CliRunner

from clients.aws import session
from clients.endpoint import EndpointClient
from core.errors import BadInput, Forbidden
from core.settings import Settings, as_environment
from ops import endpoint
from ops.endpoint_rollout import deploy_version, roll_back
from ops.processes import services
from ops.secrets import aws_profile, keys_file
from ops.stack.group import ProcessGroup
from tests.integration.conftest import make_settings
from tests.integration.router_process import until
from tests.integration.serving import BODY, BOOK, HEADLINE, article, family, listeners

if TYPE_CHECKING:
    from mypy_boto3_sagemaker_runtime import SageMakerRuntimeClient


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    folder = tmp_path_factory.mktemp("serving")
    registry = folder / "book.jsonl"
    registry.write_text(json.dumps(BOOK) + "\n")
    settings = make_settings(folder).model_copy(update={"registry_file": registry})
    group = ProcessGroup([one for one in services(settings) if one.name in ("ray", "serve")], settings.data_dir)
    try:
        group.start_all()
        yield settings
    finally:
        group.stop_all()


@pytest.fixture(scope="module")
def client(serving: Settings) -> EndpointClient:
    return EndpointClient(serving)


def test_enrich_gives_candidates_with_sourced_summaries(client: EndpointClient) -> None:
    match, other = client.invoke("enrich", [article(), article("Council approves tram line", "Work begins in spring.")])
    (candidate,) = match["candidates"]
    assert candidate["client_id"] == "C-1"
    assert candidate["relevance"] > 0.8
    assert candidate["versions"]["registry"].startswith("file-")
    text = f"{HEADLINE}\n{BODY}"
    assert candidate["summary"]
    assert all(text[one["start"] : one["end"]] == one["text"] for one in candidate["summary"])
    assert candidate["signature"]
    assert match["retraction"] is None
    assert (other["candidates"], other["error"]) == ([], None)


def test_updates_and_removals_carry_a_retraction(client: EndpointClient) -> None:
    updated, removed = client.invoke("enrich", [article(action="updated"), article(action="removed")])
    assert updated["retraction"]["matched_client_ids"] == ["C-1"]
    assert removed["retraction"]["matched_client_ids"] == []
    assert removed["candidates"] == []


def test_a_bad_record_fails_alone(client: EndpointClient) -> None:
    good, bad = client.invoke("enrich", [article(), {"article_id": "a2"}])
    assert good["error"] is None
    assert bad["error"]["code"] == "bad_article"


def test_json_lines_keep_ten_thousand_records_in_order(client: EndpointClient) -> None:
    lines = [json.dumps(article("Tram", "Short.", article_id=f"a{number}")) for number in range(10_000)]
    reply = client.invoke_raw("enrich", "\n".join(lines).encode(), "application/jsonlines")
    assert [json.loads(line)["article_id"] for line in reply.splitlines()] == [f"a{n}" for n in range(10_000)]


def test_a_version_is_rolled_out_and_back_without_a_lost_request(serving: Settings, tmp_path: Path) -> None:
    version = tmp_path / "r2"
    version.mkdir()
    (version / "ranking.json").write_text('{"lead": 1}')
    answered: list[str] = []
    ended = threading.Event()

    def call() -> None:
        caller = EndpointClient(serving)
        # Paced, so that the load leaves the new replicas some of the machine to start on.
        while not ended.wait(0.02):
            (found,) = caller.invoke("enrich", [article()])
            answered.append(found["candidates"][0]["versions"]["summarizer"])

    def only(name: str) -> bool:
        # Both front doors: six answers in a row, each on a connection of its own.
        replies = (EndpointClient(serving).invoke("enrich", [article()]) for _ in range(6))
        return all(reply[0]["candidates"][0]["versions"]["summarizer"] == name for reply in replies)

    with ThreadPoolExecutor(2) as pool:
        callers = [pool.submit(call) for _ in range(2)]
        try:
            assert deploy_version(serving, version) == str(version)
            until(lambda: only("extractive-r2"), timeout_s=30)
            roll_back(serving)
            until(lambda: only("extractive-1"), timeout_s=30)
        finally:
            ended.set()
        # Whatever a caller could not get answered, retries included, is raised here.
        for caller in callers:
            caller.result()
    assert set(answered) == {"extractive-1", "extractive-r2"}


def test_direct_targets_start_on_demand(client: EndpointClient) -> None:
    asked: dict[str, list[Any]] = {
        "entity-resolver": [article()],
        "summarizer": [{"headline": HEADLINE, "body": BODY, "sentences": 1}],
        "embedder": ["a text", 7],
    }
    with ThreadPoolExecutor(len(asked)) as pool:
        replies = dict(zip(asked, pool.map(client.invoke, asked.keys(), asked.values()), strict=True))
    assert replies["entity-resolver"][0]["decisions"][0]["client_id"] == "C-1"
    assert len(replies["summarizer"][0]["summary"]) == 1
    embedded, wrong = replies["embedder"]
    assert len(embedded["embedding"]) == 384
    assert wrong["error"]["code"] == "bad_record"


@pytest.fixture(scope="module")
def runtime(serving: Settings) -> SageMakerRuntimeClient:
    return session(serving).client("sagemaker-runtime", endpoint_url=serving.endpoint_url)


def test_an_embedding_is_the_same_in_every_form(runtime: SageMakerRuntimeClient) -> None:
    sent: Any = {"EndpointName": "embedder", "Body": b'a text\n"another, longer text"\n', "ContentType": "text/csv"}
    in_json = json.loads(runtime.invoke_endpoint(**sent)["Body"].read())["predictions"]
    expected = np.array([one["embedding"] for one in in_json], dtype=np.float32)
    numpy_file = runtime.invoke_endpoint(**sent, Accept="application/x-npy")
    assert numpy_file["ContentType"] == "application/x-npy"
    rows = np.load(io.BytesIO(numpy_file["Body"].read()))
    assert np.allclose(rows, expected, atol=1e-6)
    bare = runtime.invoke_endpoint(**sent, Accept="application/octet-stream")["Body"].read()
    assert np.array_equal(np.frombuffer(bare, "<f4").reshape(2, 384), rows)


def test_summaries_are_streamed_by_the_name_of_their_endpoint(runtime: SageMakerRuntimeClient) -> None:
    record = {"headline": HEADLINE, "body": BODY, "sentences": 1}
    reply = runtime.invoke_endpoint_with_response_stream(
        EndpointName="summarizer",
        Body=json.dumps({"instances": [record, 7, record]}).encode(),
        ContentType="application/json",
        Accept="application/jsonlines",
        CustomAttributes="trace=7",
    )
    assert (reply["ContentType"], reply["CustomAttributes"]) == ("application/jsonlines", "trace=7")
    parts = [event["PayloadPart"]["Bytes"] for event in reply["Body"]]
    first, wrong, last = (json.loads(line) for line in b"".join(parts).splitlines())
    assert (len(parts), len(first["summary"]), first == last) == (3, 1, True)
    assert wrong["error"]["code"] == "bad_record"


def test_24_mb_pass_every_hop_and_beyond_the_limit_nothing_does(runtime: SageMakerRuntimeClient) -> None:
    # The embedder is a deployment of its own: both hops carry the text.
    long = json.dumps("word " * (24_000_000 // 5)).encode()
    (embedded,) = (
        runtime.invoke_endpoint(EndpointName="embedder", ContentType="application/jsonlines", Body=long)["Body"]
        .read()
        .splitlines()
    )
    assert json.loads(embedded)["truncated"]
    with pytest.raises(ClientError) as refused:
        runtime.invoke_endpoint(EndpointName="embedder", Body=b"x" * (25 * 1024 * 1024 + 1))
    error = refused.value.response
    assert (error["Error"]["Code"], error["ResponseMetadata"]["RetryAttempts"]) == ("ValidationError", 0)
    assert "limit of 26214400 bytes" in error["Error"]["Message"]


def test_the_command_line_describes_invokes_and_measures(
    serving: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in as_environment(serving).items():
        monkeypatch.setenv(name, value)

    def said(*arguments: str) -> Any:
        ended = CliRunner().invoke(endpoint.app, arguments, catch_exceptions=False)
        assert ended.exit_code == 0
        return json.loads(ended.stdout)

    found = said("describe")
    assert (found["EndpointStatus"], found["MaxPayloadInMB"]) == ("InService", 25)
    (tmp_path / "texts.csv").write_text("one text\n")
    reply = said("invoke", "embedder", "--body", str(tmp_path / "texts.csv"), "--content-type", "text/csv")
    assert len(reply["predictions"][0]["embedding"]) == 384
    figures = said("bench", "--clients", "2", "--records", "4", "--seconds", "0.5")
    assert set(figures["answers"]) == {"200"}
    assert figures["records_per_s"] > 0


def test_a_key_may_do_what_its_policy_says(serving: Settings) -> None:
    def invoke(role: str) -> None:
        client = EndpointClient(serving.model_copy(update={"aws_profile": aws_profile(serving, role)}))
        client.invoke("enrich", [article()])

    invoke("stream")
    with pytest.raises(Forbidden, match=r"user/analyst is not authorized to perform: sagemaker:InvokeEndpoint"):
        invoke("analyst")


def test_bad_requests_and_wrong_keys_are_told_apart(serving: Settings, client: EndpointClient) -> None:
    with pytest.raises(BadInput):
        client.invoke("nobody", [article()])
    with pytest.raises(BadInput):
        client.invoke_raw("enrich", b"not json", "application/json")
    keys = keys_file(serving)
    kept = keys.read_text()
    keys.write_text(json.dumps({name: {**key, "secret": "other"} for name, key in json.loads(kept).items()}))
    try:
        with pytest.raises(Forbidden):
            client.invoke("enrich", [article()])
    finally:
        keys.write_text(kept)


def test_a_registry_edit_is_live_within_five_seconds(serving: Settings, client: EndpointClient) -> None:
    second = {**BOOK, "client_id": "C-2", "names": [{"name": "Ilse Brandvold", "type": "legal"}]}
    book = serving.registry_file or Path()
    book.write_text(json.dumps(BOOK) + "\n" + json.dumps(second) + "\n")
    changed = article(
        HEADLINE.replace("Asha Venkatraman", "Ilse Brandvold"), BODY.replace("Asha Venkatraman", "Ilse Brandvold")
    )
    # Both front doors must have it: ten answers in a row, each on a connection of its own.
    until(
        lambda: all(
            any(
                one["client_id"] == "C-2"
                for one in EndpointClient(serving).invoke("enrich", [changed])[0]["candidates"]
            )
            for _ in range(10)
        ),
        timeout_s=15,
    )


def test_a_killed_replica_is_replaced_while_the_other_answers(serving: Settings, client: EndpointClient) -> None:
    before = listeners(serving.endpoint_port)
    assert len(before) == serving.endpoint_replicas
    os.kill(min(before), signal.SIGKILL)
    until(lambda: min(before) not in listeners(serving.endpoint_port), timeout_s=5)
    # The survivor takes every call from now on: boto3's own retries cover a connection cut by the kill.
    for _ in range(20):
        assert client.invoke("enrich", [article()])[0]["candidates"]
    until(lambda: len(listeners(serving.endpoint_port)) == serving.endpoint_replicas, timeout_s=90)
    assert httpx.get(f"{serving.endpoint_url}/ping", trust_env=False).status_code in (200, 503)


def test_everything_listens_on_the_loopback_only(serving: Settings) -> None:
    ours = {process.pid for port in (serving.ray_port, serving.endpoint_port) for process in family(port)}
    assert len(ours) >= serving.endpoint_replicas + 2
    anywhere = [
        (connection.pid, connection.laddr)
        for connection in psutil.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN and connection.pid in ours
        if {"127.0.0.1", "::1", "::ffff:127.0.0.1"}.isdisjoint(connection.laddr)
    ]
    assert anywhere == []
