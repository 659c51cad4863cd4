"""The history: filters, full text, pages and the file, each within what the caller may see."""

from __future__ import annotations

import csv
import io
from typing import Any

import httpx
import pytest

from core.events import SummarySentence
from tests.integration.gateway import Bank, Person, log_in

HEADLINES = {
    "ship": ("Shipyard acquires rival for a record sum", "acquisition", "important"),
    "jail": ("Founder arrested in Lisbon", "arrest", "critical"),
    "gift": ("Foundation gives museum a painting", "philanthropy", "info"),
}


@pytest.fixture(scope="module")
def ann(bank: Bank) -> Person:
    """An RM with one alert a headline about the first client, and one about the second."""
    person = bank.person(clients=2)
    for headline, topic, severity in HEADLINES.values():
        said = (SummarySentence(text=f"Sentence on {topic}.", source_ids=("a",)),)
        bank.alert(person.clients[0], headline=headline, topic=topic, severity=severity, summary=said, body="Körper.")
    bank.alert(person.clients[1], headline="Shipyard strike ends", topic="other", severity="info")
    stranger = bank.person()
    bank.alert(stranger.clients[0], headline="Shipyard of a stranger")
    return person


def headlines(client: httpx.Client, /, **query: Any) -> list[str]:
    answer = client.get("/api/v1/alerts", params=query)
    answer.raise_for_status()
    return [one["headline"] for one in answer.json()["items"]]


def test_filters_narrow_the_list_and_work_together(ann: Person, gateway: str) -> None:
    ship, jail, gift = (headline for headline, *_ in HEADLINES.values())
    with log_in(gateway, ann.rm_id) as client:
        assert headlines(client, client=ann.clients[0]) == [gift, jail, ship]
        assert headlines(client, topic="arrest") == [jail]
        assert headlines(client, topic=["arrest", "acquisition"]) == [jail, ship]
        assert headlines(client, severity=["critical", "important"], client=ann.clients[0]) == [jail, ship]
        assert headlines(client, severity="critical", client=ann.clients[1]) == []
        assert headlines(client, muted=True) == []
        assert headlines(client, client="C-of-somebody-else") == []


def test_state_and_time_are_filters(bank: Bank, gateway: str) -> None:
    person = bank.person()
    done, open_one = (bank.alert(person.clients[0], headline=name) for name in ("done", "open"))
    with log_in(gateway, person.rm_id) as client:
        client.put(f"/api/v1/alerts/{done.alert_id}/acknowledgement").raise_for_status()
        assert headlines(client, state="acknowledged") == ["done"]
        assert headlines(client, state=["new", "acknowledged"]) == ["open", "done"]
        (moment,) = bank.rows("SELECT created_at::text AS at FROM alerts WHERE alert_id = %s", open_one.alert_id)
        at = moment["at"].replace(" ", "T") + ":00"
        assert headlines(client, **{"from": at}) == ["open"]
        assert headlines(client, to=at) == ["done"]


def test_words_are_found_in_headline_summary_body_and_name(ann: Person, gateway: str) -> None:
    ship, jail, gift = (headline for headline, *_ in HEADLINES.values())
    with log_in(gateway, ann.rm_id) as client:
        assert headlines(client, q="acquired") == [ship]
        assert headlines(client, q="shipyards -strike") == [ship]
        assert headlines(client, q='"arrested in Lisbon" or painting') == [gift, jail]
        assert headlines(client, q="sentence philanthropy") == [gift]
        assert headlines(client, q="körper arrest") == [jail]
        assert len(headlines(client, q="X Y")) == 4
        assert headlines(client, q="stranger") == []


@pytest.mark.parametrize("words", ["'", "\\", "a:*&|!(", '"', "%", "-", "' OR 1=1 --", "\u202e", "😀" * 40])
def test_whatever_is_searched_for_is_only_words(ann: Person, gateway: str, words: str) -> None:
    with log_in(gateway, ann.rm_id) as client:
        assert client.get("/api/v1/alerts", params={"q": words}).status_code == 200


def test_pages_of_a_filtered_list_follow_each_other(ann: Person, gateway: str) -> None:
    with log_in(gateway, ann.rm_id) as client:
        seen: list[str] = []
        address: str | None = f"/api/v1/alerts?client={ann.clients[0]}&limit=2&severity=info&severity=critical"
        while address:
            answer = client.get(address)
            seen += [one["headline"] for one in answer.json()["items"]]
            address = answer.links["next"]["url"] if "next" in answer.links else None
    assert seen == [HEADLINES["gift"][0], HEADLINES["jail"][0]]


def test_the_file_has_the_filtered_alerts_and_no_formula(bank: Bank, gateway: str) -> None:
    person = bank.person()
    attack = '=HYPERLINK("http://evil.example","\n@SUM(A1)")'
    bank.alert(person.clients[0], headline=attack, topic="award")
    bank.alert(person.clients[0], headline="another topic")
    with log_in(gateway, person.rm_id) as client:
        answer = client.get("/api/v1/alerts.csv", params={"topic": "award"})
        parts = [client.get("/api/v1/alerts.csv?limit=1")]
        parts.append(client.get(parts[0].links["next"]["url"]))
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    header, row = csv.reader(io.StringIO(answer.text, newline=""))
    found = dict(zip(header, row, strict=True))
    assert (found["headline"], found["client"], found["state"]) == (f"'{attack}", "X Y", "new")
    listed = [next(csv.DictReader(io.StringIO(part.text, newline="")))["headline"] for part in parts]
    assert listed == ["another topic", f"'{attack}"]
    assert "next" not in parts[1].links
    seen = bank.rows("SELECT clients FROM audit_log WHERE actor = %s AND action = 'alerts.exported'", person.rm_id)
    assert seen == [{"clients": list(person.clients)}] * 3


@pytest.mark.parametrize(
    "query", ["state=open", "severity=x", "from=yesterday", "topic=weather", "cursor=AAAA", "q=%00"]
)
def test_a_wrong_filter_is_refused_for_list_and_file(ann: Person, gateway: str, query: str) -> None:
    with log_in(gateway, ann.rm_id) as client:
        for path in ("alerts", "alerts.csv"):
            answer = client.get(f"/api/v1/{path}?{query}")
            assert (answer.status_code in (400, 422), answer.headers["content-type"]) == (
                True,
                "application/problem+json",
            )
