"""The router's transaction on a real database: same rules as in memory, and what it tells whom."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from clients.postgres import connect
from core.events import Alert, EnrichedArticle, Retraction
from core.settings import Settings
from streaming.router.routing import release, route
from streaming.router.store import StoryCache
from tests.integration.router_process import Book, query, run
from tests.router_samples import NOW, RULES, World, enriched, retraction

Records = list[EnrichedArticle | Retraction]


def take(settings: Settings, *batches: Records, now: object = NOW, cache: StoryCache | None = None) -> None:
    cache = cache or StoryCache()
    with connect(settings) as session:
        for batch in batches:
            assert route(session, batch, rules=RULES, cache=cache, now=now) == {}  # type: ignore[arg-type]


def test_a_first_article_is_stored_told_and_handed_on(postgres: Settings) -> None:
    book = Book(postgres)
    take(postgres, [enriched(book.client, book.article(1))])
    (alert,) = book.alerts()
    assert (alert["revision"], alert["status"], alert["released"], alert["severity"]) == (
        1,
        "active",
        True,
        "important",
    )
    (frame,) = book.rows()
    assert frame["type"] == "alert"
    assert Alert.model_validate(frame["alert"]).client.display == f"Client {book.client}"
    assert not {"state", "acknowledged_by"} & set(alert["payload"])
    events = query(postgres, "SELECT kind, actor FROM alert_events WHERE alert_id = %s", alert["alert_id"])
    assert events == [{"kind": "shown", "actor": "router"}]
    (waiting,) = query(postgres, "SELECT topic, value FROM outbox WHERE key = %s", book.client)
    assert (waiting["topic"], waiting["value"]["alert_id"]) == ("alert-state-changes", str(alert["alert_id"]))
    assert "display" not in str(waiting["value"])


def test_alerts_of_one_batch_are_listed_in_the_order_of_their_frames(postgres: Settings) -> None:
    book = Book(postgres)
    take(postgres, [enriched(book.client, book.article(n), story=n) for n in range(5)])
    told = [frame["alert"]["alert_id"] for frame in book.rows()]
    listed = query(postgres, "SELECT alert_id FROM alerts WHERE client_id = %s ORDER BY created_at", book.client)
    assert len(told) == 5
    assert [str(row["alert_id"]) for row in listed] == told


def test_a_repeat_after_a_restart_writes_nothing(postgres: Settings) -> None:
    book = Book(postgres)
    batch: Records = [enriched(book.client, book.article(1)), enriched(book.client, book.article(2))]
    take(postgres, batch)
    before = book.alerts(), book.rows()
    take(postgres, batch)
    assert (book.alerts(), book.rows()) == before
    assert [frame["type"] for frame in book.rows()] == ["alert", "alert.updated"]


def test_only_those_who_cover_the_client_now_are_told_and_each_once(postgres: Settings) -> None:
    book, former, future = Book(postgres), Book(postgres), Book(postgres)
    run(postgres, "INSERT INTO rm_clients VALUES (%s, %s, '2000-01-01', 'infinity')", book.rm_id, book.client)
    former.cover(book.client, valid_to="2020-01-01")
    future.cover(book.client, valid_from="2999-01-01")
    take(postgres, [enriched(book.client, book.article(1))])
    assert [len(one.rows()) for one in (book, former, future)] == [1, 0, 0]


def test_an_alert_that_nobody_covers_is_kept_for_who_comes(postgres: Settings) -> None:
    book = Book(postgres, covered=False)
    take(postgres, [enriched(book.client, book.article(1))])
    assert len(book.alerts()) == 1
    assert book.rows() == []
    book.cover(book.client)
    take(postgres, [enriched(book.client, book.article(2))])
    assert [frame["type"] for frame in book.rows()] == ["alert.updated"]


def test_an_acknowledgement_survives_a_correction(postgres: Settings) -> None:
    book = Book(postgres)
    take(postgres, [enriched(book.client, book.article(1))])
    run(
        postgres,
        "UPDATE alerts SET acknowledged_by = %s, acknowledged_at = now() WHERE client_id = %s",
        book.rm_id, book.client,
    )  # fmt: skip
    take(postgres, [enriched(book.client, book.article(1), 2)])
    (alert,) = book.alerts()
    assert (alert["state"], alert["acknowledged_by"], alert["status"]) == ("acknowledged", book.rm_id, "corrected")
    assert book.rows()[-1]["alert"]["state"] == "acknowledged"


def test_an_embargo_is_kept_by_the_database_and_ends_on_time(postgres: Settings) -> None:
    book, until = Book(postgres), NOW + timedelta(hours=1)
    take(postgres, [enriched(book.client, book.article(1), embargo_until=until)])
    (held,) = book.alerts()
    assert (held["released"], held["payload"], held["embargo_until"], book.rows()) == (False, None, until, [])
    with connect(postgres) as session:
        release(session, until - timedelta(milliseconds=1))
        assert book.rows() == []
        release(session, until)
        release(session, until + timedelta(hours=1))
    (alert,) = book.alerts()
    assert (alert["released"], alert["revision"], alert["created_at"], alert["embargo_until"]) == (True, 1, until, None)
    assert [frame["type"] for frame in book.rows()] == ["alert"]


def test_an_embargoed_source_joins_a_shown_alert_on_time(postgres: Settings) -> None:
    book, until = Book(postgres), NOW + timedelta(hours=1)
    take(postgres, [enriched(book.client, book.article(1))])
    take(postgres, [enriched(book.client, book.article(2), embargo_until=until)])
    with connect(postgres) as session:
        release(session, until)
    assert [len(frame["alert"]["sources"]) for frame in book.rows()] == [1, 2]


def test_an_article_withdrawn_under_embargo_is_never_released(postgres: Settings) -> None:
    book, until = Book(postgres), NOW + timedelta(hours=1)
    name = book.article(1)
    take(postgres, [enriched(book.client, name, embargo_until=until)], [retraction(name, action="withheld")])
    with connect(postgres) as session:
        release(session, until)
    assert book.rows() == []
    assert book.alerts()[0]["embargo_until"] is None


def test_a_client_that_left_the_book_is_refused_and_the_rest_of_the_batch_counts(postgres: Settings) -> None:
    book, gone = Book(postgres), Book(postgres)
    run(postgres, "UPDATE clients SET active = false WHERE client_id = %s", gone.client)
    batch: Records = [enriched(gone.client, gone.article(1)), enriched(book.client, book.article(1))]
    with connect(postgres) as session:
        refused = route(session, batch, rules=RULES, cache=StoryCache(), now=NOW)
    assert {place: error.code for place, error in refused.items()} == {0: "unknown_client"}
    assert (len(gone.alerts()), len(book.alerts())) == (0, 1)


def test_a_failed_batch_leaves_nothing_and_the_cache_is_not_fooled(postgres: Settings) -> None:
    book, cache = Book(postgres), StoryCache()
    first, unfit = enriched(book.client, book.article(1)), enriched(book.client, book.article(2), headline="nul \0")
    with connect(postgres) as session, pytest.raises(Exception, match=r"(?i)unicode|nul"):
        route(session, [first, unfit], rules=RULES, cache=cache, now=NOW)
    assert book.alerts() == []
    take(postgres, [first], [enriched(book.client, book.article(3))], cache=cache)
    assert [len(frame["alert"]["sources"]) for frame in book.rows()] == [1, 2]


def test_routers_with_stale_caches_found_no_story_twice(postgres: Settings) -> None:
    book, one, other = Book(postgres), StoryCache(), StoryCache()
    take(postgres, [enriched(book.client, book.article(0), story=9)], cache=one)
    take(postgres, [enriched(book.client, book.article(1))], cache=other)
    take(postgres, [enriched(book.client, book.article(2))], cache=one)
    assert len(book.alerts()) == 2


@hypothesis_settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_tables_and_memory_agree_for_any_records_in_any_batches(postgres: Settings, data: st.DataObject) -> None:
    book = Book(postgres, clients=2)
    mark = uuid4().hex
    records = data.draw(st.lists(_records(mark, book.clients), min_size=1, max_size=12))
    world = World(*book.clients)
    cache = StoryCache()
    left = list(records)
    while left:
        size = data.draw(st.integers(1, len(left)))
        take(postgres, left[:size], cache=cache if data.draw(st.booleans()) else None)
        world.take(*left[:size])
        left = left[size:]
    stored = {row["alert_id"]: row["payload"] for row in book.alerts() if row["released"]}
    assert {key: Alert.model_validate(payload) for key, payload in stored.items()} == world.alerts
    assert [frame["type"] for frame in book.rows()] == world.frames


def _records(mark: str, clients: list[str]) -> st.SearchStrategy[EnrichedArticle | Retraction]:
    ids, numbers = st.sampled_from([f"{mark}-{name}" for name in "abc"]), st.integers(1, 3)
    until = st.sampled_from([None, NOW + timedelta(hours=1)])
    made = st.builds(
        lambda client, name, number, story, moment: enriched(client, name, number, story=story, embargo_until=moment),
        st.sampled_from(clients), ids, numbers, st.integers(1, 2), until,
    )  # fmt: skip
    taken = st.builds(
        lambda name, number, matched: retraction(name, number, tuple(sorted(matched))),
        ids, numbers, st.sets(st.sampled_from(clients)),
    )  # fmt: skip
    return st.one_of(made, taken)
