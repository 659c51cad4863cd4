"""The review queue: from the topic's record to what a decision makes of the registry, the resolver and the alerts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest

from clients.kafka import Record
from clients.postgres import connect
from core.clock import utc_now
from core.events import EnrichedArticle, Evidence, Match
from core.settings import Settings
from core.topics import ENRICHED_ALERTS, REVIEW_CANDIDATES
from models.registry import compile_registry
from models.resolver import Resolver
from serve.book_source import PostgresBook
from streaming.router.candidates import Candidate
from streaming.router.records import parse, read
from streaming.router.routing import route
from streaming.router.store import StoryCache
from tests.integration.gateway import Bank, Person, log_in
from tests.integration.test_router_tables import take
from tests.router_samples import RULES, article, enriched, retraction

NAME = "Maria Keller"
BODY = (
    f"{NAME} was named to the board of Borealis Marine Holdings. {NAME} said on Monday that {NAME} will start in May."
)
QUEUE = "/api/v1/review-candidates"


@pytest.fixture
def ann(bank: Bank) -> Iterator[Person]:
    """An RM whose client has a common name, which no other client bears at the same time."""
    person = bank.person()
    bank.rows("UPDATE clients SET legal_name = %s WHERE client_id = %s RETURNING 1", NAME, person.clients[0])
    yield person
    bank.rows("UPDATE clients SET active = false WHERE client_id = %s RETURNING 1", person.clients[0])


def doubtful(ann: Person, name: str = "a", revision: int = 1, **fields: Any) -> EnrichedArticle:
    """Return what the resolver was not sure of."""
    found = enriched(ann.clients[0], f"{ann.rm_id}-{name}", revision, relevance=0.7, body=BODY, **fields)
    start = found.article.text.index(NAME)
    evidence = Evidence(kind="name", detail="full name", contribution=1.0, start=start, end=start + len(NAME))
    return found.model_copy(update={"summary": (), "match": Match(score=0.7, method="rules", evidence=(evidence,))})


def put_in_queue(settings: Settings, *candidates: EnrichedArticle) -> None:
    records = [read(Record(REVIEW_CANDIDATES, 0, 0, 0, b"", one.to_json())) for one in candidates]
    with connect(settings) as session:
        assert route(session, records, rules=RULES, cache=StoryCache(), now=utc_now()) == {}


def queue(gateway: str, person: Person) -> list[dict[str, Any]]:
    with log_in(gateway, person.rm_id) as client:
        items: list[dict[str, Any]] = client.get(QUEUE).json()["items"]
        return items


def decide(gateway: str, person: Person, candidate: EnrichedArticle, decision: str, **more: str) -> Any:
    with log_in(gateway, person.rm_id) as client:
        address = f"{QUEUE}/{candidate.enrichment_id}/decision"
        return client.post(address, json={"decision": decision, **more})


def resolved(settings: Settings, client_id: str, body: str) -> tuple[str, str]:
    """Return what the resolver, with the registry as it is now, decides about the client, and why."""
    book = PostgresBook(settings)
    with closing(book._open()):
        version, entries = book.read()
    resolution = Resolver(compile_registry(entries, version)).resolve(
        article("next", body=body, headline=f"{NAME} moves")
    )
    (found,) = [one for one in resolution.decisions if one.client_id == client_id]
    return found.decision, found.why


def test_a_candidate_waits_for_those_who_cover_its_client(bank: Bank, gateway: str, ann: Person) -> None:
    put_in_queue(bank.settings, doubtful(ann))
    put_in_queue(bank.settings, doubtful(ann))
    (shown,) = queue(gateway, ann)
    assert (shown["mention"], shown["contexts"], shown["relevance"]) == (NAME, ["Borealis Marine Holdings"], 0.7)
    assert shown["client"] == {"id": ann.clients[0], "display": "X Y"}
    assert queue(gateway, bank.person()) == []
    assert decide(gateway, bank.person(), doubtful(ann), "accept").status_code == 404
    assert decide(gateway, bank.person(clients=0, role="compliance"), doubtful(ann), "accept").status_code == 403


def test_accept_makes_an_alert_of_it_and_of_the_next_article(bank: Bank, gateway: str, ann: Person) -> None:
    candidate, settings, client_id = doubtful(ann), bank.settings, ann.clients[0]
    assert resolved(settings, client_id, BODY)[0] == "review"
    put_in_queue(settings, candidate)
    decided = decide(gateway, ann, candidate, "accept", note="his new post")
    assert decided.json()["learned"] == {"alias": NAME, "contexts": ["Borealis Marine Holdings"], "block": None}
    assert decide(gateway, ann, candidate, "accept").json() == decided.json()
    assert decide(gateway, ann, candidate, "reject").json()["code"] == "decided"
    assert queue(gateway, ann) == []
    records = bank.rows("SELECT key, value FROM outbox WHERE topic = %s AND key = %s", ENRICHED_ALERTS, client_id)
    (record,) = [parse(json.dumps(row["value"]).encode()) for row in records]
    assert isinstance(record, EnrichedArticle)
    take(settings, [record])
    (frame,) = bank.frames(ann.rm_id)
    assert (frame["type"], frame["alert"]["match"]["method"]) == ("alert", "confirmed in review")
    assert frame["alert"]["summary"][0]["text"] == candidate.article.headline
    verdict, why = resolved(settings, client_id, BODY)
    assert verdict == "match"
    assert "Borealis Marine Holdings as in a confirmed article" in why
    assert resolved(settings, client_id, BODY.replace("Borealis Marine Holdings", "a club"))[0] == "review"
    subject = str(candidate.enrichment_id)
    assert bank.audited("review.decided", subject) == [{"actor": ann.rm_id, "clients": [client_id]}]


def test_block_rules_the_name_out_beside_the_same_words(bank: Bank, gateway: str, ann: Person) -> None:
    put_in_queue(bank.settings, doubtful(ann))
    assert decide(gateway, ann, doubtful(ann), "block").json()["learned"]["block"] == NAME
    verdict, _ = resolved(bank.settings, ann.clients[0], BODY)
    assert verdict == "nil"
    assert resolved(bank.settings, ann.clients[0], BODY.replace("Borealis Marine Holdings", "a club"))[0] == "review"
    blocks = bank.rows("SELECT name, context, added_by FROM client_blocks WHERE client_id = %s", ann.clients[0])
    assert blocks == [{"name": NAME, "context": "Borealis Marine Holdings", "added_by": ann.rm_id}]


def test_alias_teaches_a_name_and_reject_nothing(bank: Bank, gateway: str, ann: Person) -> None:
    one, two = doubtful(ann, "a"), doubtful(ann, "b")
    put_in_queue(bank.settings, one, two)
    decide(gateway, ann, one, "alias", name="M. Keller-Holt").raise_for_status()
    assert decide(gateway, ann, two, "reject").json()["learned"] == {"alias": None, "contexts": [], "block": None}
    names = bank.rows("SELECT name, added_by FROM client_aliases WHERE client_id = %s", ann.clients[0])
    assert names == [{"name": "M. Keller-Holt", "added_by": ann.rm_id}]
    assert bank.rows("SELECT FROM outbox WHERE topic = %s AND key = %s", ENRICHED_ALERTS, ann.clients[0]) == []


def test_what_was_changed_withdrawn_or_is_embargoed_is_nobodys_to_decide(bank: Bank, gateway: str, ann: Person) -> None:
    old, withdrawn = doubtful(ann, "a"), doubtful(ann, "b")
    held = doubtful(ann, "c", embargo_until=utc_now() + timedelta(hours=1))
    put_in_queue(bank.settings, old, withdrawn, held)
    take(bank.settings, [retraction(f"{ann.rm_id}-a"), retraction(f"{ann.rm_id}-b", action="withheld")])
    put_in_queue(bank.settings, doubtful(ann, "a", 2))
    assert [(one["article_id"], one["revision"]) for one in queue(gateway, ann)] == [(f"{ann.rm_id}-a", 2)]
    assert decide(gateway, ann, withdrawn, "accept").status_code == 404


def test_pages_of_the_queue_follow_each_other(bank: Bank, gateway: str, ann: Person) -> None:
    put_in_queue(bank.settings, *(doubtful(ann, str(number)) for number in range(3)))
    with log_in(gateway, ann.rm_id) as client:
        seen, address = [], f"{QUEUE}?limit=2"
        while address:
            answer = client.get(address)
            seen += [one["article_id"] for one in answer.json()["items"]]
            address = answer.links["next"]["url"] if "next" in answer.links else ""
    assert sorted(seen) == [f"{ann.rm_id}-{number}" for number in range(3)]


def test_a_candidate_of_a_client_who_left_the_book_is_dropped(bank: Bank, ann: Person) -> None:
    bank.rows("UPDATE clients SET active = false WHERE client_id = %s RETURNING 1", ann.clients[0])
    put_in_queue(bank.settings, doubtful(ann))
    assert bank.rows("SELECT FROM review_candidates WHERE client_id = %s", ann.clients[0]) == []
    assert isinstance(read(Record(REVIEW_CANDIDATES, 0, 0, 0, b"", doubtful(ann).to_json())), Candidate)
