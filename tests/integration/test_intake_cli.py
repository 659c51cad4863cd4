"""`tipline news`, `replay` and `dlq` against a running intake."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from clients.kafka import Producer
from core.clock import utc_now
from core.events import DeadLetter, enrichment_id
from core.settings import Settings, as_environment
from core.topics import ENRICHED_ALERTS_DLQ, RESOLVER_DECISIONS
from ops import dlq, news
from ops.stack.group import ProcessGroup
from tests.integration.intake_process import Provider, running_intake

CSV = "url,date,title,text\n" + "".join(f"https://cli.test/{n},2026-01-3{n},Title {n},Text {n}\n" for n in (0, 1))


@pytest.fixture(scope="module")
def intake(postgres: Settings, kafka_server: Settings) -> Iterator[ProcessGroup]:
    with running_intake(postgres) as group:
        yield group


@pytest.fixture
def provider(intake: ProcessGroup, settings: Settings) -> Iterator[Provider]:
    with closing(Provider(settings)) as made:
        yield made


@pytest.fixture
def tipline(intake: ProcessGroup, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run a command of ours as the command line does."""
    for name, value in as_environment(settings).items():
        monkeypatch.setenv(name, value)
    app = typer.Typer()
    news.register(app)
    dlq.register(app)
    return lambda *arguments: CliRunner().invoke(app, [str(one) for one in arguments])


def test_news_posts_one_article_from_options(tipline: Callable[..., Result], provider: Provider) -> None:
    options = ("--headline", "From a shell", "--body", "Text.", "--id", "cli-1", "--publisher", "Shell")
    result = tipline("news", *options)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["accepted"][0]["article_id"] == "cli-1"
    assert tipline("news", "--id", "cli-1", "--action", "removed").exit_code == 0
    first, second = provider.published("cli-1")
    assert (first["headline"], first["publisher"], second["action"]) == ("From a shell", "Shell", "removed")
    assert second["revision"] > first["revision"]


def test_news_says_what_was_refused(tipline: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text('{"id": 1,}')
    result = tipline("news", tmp_path / "broken.json")
    assert (result.exit_code, json.loads(result.stdout)["code"]) == (1, "bad_json")
    assert tipline("news").exit_code == 2


def test_a_set_replayed_twice_is_published_once(
    tipline: Callable[..., Result], provider: Provider, tmp_path: Path
) -> None:
    (tmp_path / "set.csv").write_text(CSV)
    first, again = (json.loads(tipline("replay", tmp_path, "--rate", "100").stdout) for _ in range(2))
    assert first == {"documents": 2, "accepted": 2, "duplicates": 0, "ignored": 0, "rejected": 0}
    assert again == {**first, "accepted": 0, "duplicates": 2}
    [record] = provider.published("https://cli.test/1")
    assert record["published_at"] == "2026-01-31T00:00:00.000Z"


def test_a_document_that_is_refused_again_counts_one_more_attempt(
    tipline: Callable[..., Result], provider: Provider
) -> None:
    body = provider.fresh_id().encode()
    provider.post(body, content_type="application/json")
    letter = json.loads(tipline("dlq", "list", "--json").stdout.splitlines()[-1])
    shown = tipline("dlq", "show", letter["dlq_id"])
    assert body.decode() in shown.stdout
    result = tipline("dlq", "replay", letter["dlq_id"])
    assert (result.exit_code, "refused again: bad_json" in result.stdout) == (1, True)
    assert json.loads(tipline("dlq", "list", "--json").stdout.splitlines()[-1])["attempts"] == 2


def test_a_record_goes_back_to_its_topic(tipline: Callable[..., Result], settings: Settings) -> None:
    now = utc_now()
    letter = DeadLetter(
        dlq_id=enrichment_id("a", 1, "c"), stage="router", topic=RESOLVER_DECISIONS, key="k", code="c", message="[m]",
        original_base64="e30=", first_failed_at=now, last_failed_at=now,
    )  # fmt: skip
    producer = Producer(settings)
    producer.send_and_wait(ENRICHED_ALERTS_DLQ, letter.to_json())
    producer.close()
    assert str(letter.dlq_id) in tipline("dlq", "list").stdout
    result = tipline("dlq", "replay", str(letter.dlq_id)[:13])
    assert (result.exit_code, "put back to resolver-decisions" in result.stdout) == (0, True), result.output
