"""One alert per client and story, whatever happens to the articles behind it."""

from datetime import timedelta

import pytest

from core.errors import BadInput
from core.events import CONFIRMED, Match, alert_id, story_id
from streaming.router.alerts import BODY_LIMIT, SOURCES_LIMIT, novelty
from tests.router_samples import NOW, World, enriched, retraction, signature


def live_sources(world: World) -> list[tuple[str, int]]:
    return [(s.article_id, s.revision) for s in world.alert.sources if not s.retracted]


def test_a_first_article_makes_an_alert_of_its_own_story() -> None:
    world = World().take(enriched())
    story = story_id("C-1", "a1")
    assert (world.alert.story_id, world.alert.alert_id) == (story, alert_id("C-1", story))
    assert (world.alert.revision, world.alert.status, world.alert.state) == (1, "active", "new")
    assert (world.alert.client.display, world.alert.novelty) == ("Client C-1", 100)
    assert world.alert.times.routed == NOW
    assert world.frames == ["alert"]


def test_a_second_outlet_adds_a_source_and_leaves_the_headline() -> None:
    world = World().take(enriched(), enriched(article_id="b1", vector=signature(7, near=1), publisher="Other"))
    assert world.frames == ["alert", "alert.updated"]
    assert (world.alert.revision, world.alert.headline, world.alert.novelty) == (2, "a1 revision 1", 75)
    assert [(s.publisher, s.rank) for s in world.alert.sources] == [("wire", 0), ("Other", 1)]
    assert world.alert.status == "active"


def test_another_story_makes_another_alert() -> None:
    world = World().take(enriched(), enriched(article_id="b1", story=2))
    assert len(world.alerts) == 2


def test_the_same_story_of_two_clients_is_two_stories() -> None:
    world = World("C-1", "C-2").take(enriched(), enriched("C-2"))
    assert {alert.client.id for alert in world.alerts.values()} == {"C-1", "C-2"}
    assert len({alert.story_id for alert in world.alerts.values()}) == 2


def test_a_story_ends_when_its_window_passes() -> None:
    later = NOW + timedelta(hours=49)
    world = World().take(enriched()).take(enriched(article_id="b1"), now=later)
    assert len(world.alerts) == 2


def test_each_report_keeps_its_story_open() -> None:
    world = World().take(enriched())
    for day in (1, 2, 3):
        world.take(enriched(article_id=f"b{day}"), now=NOW + timedelta(days=day))
    assert len(world.alert.sources) == 4


def test_an_article_stays_in_its_story_when_its_text_turns_elsewhere() -> None:
    world = (
        World()
        .take(enriched(), enriched(revision=2, story=99), now=NOW)
        .take(enriched(revision=3, story=55), now=NOW + timedelta(days=30))
    )
    assert live_sources(world) == [("a1", 3)]


def test_an_update_corrects_the_alert_in_place() -> None:
    world = World().take(enriched(), enriched(revision=2), retraction(revision=2, matched=("C-1",)))
    assert world.frames == ["alert", "alert.updated"]
    assert (world.alert.status, world.alert.headline, world.alert.revision) == ("corrected", "a1 revision 2", 2)


def test_repeats_older_revisions_and_retrained_models_change_nothing() -> None:
    world = World().take(enriched(revision=2), enriched(revision=2), enriched(), enriched(revision=2, resolver="r2"))
    assert world.frames == ["alert"]
    assert world.alert.versions.resolver == "r1"


def test_a_tie_of_revisions_goes_to_the_greater_content_hash() -> None:
    one, other = enriched(content_hash="x", headline="X"), enriched(content_hash="y", headline="Y")
    assert World().take(one, other).alert.headline == World().take(other, one).alert.headline == "Y"


def test_a_removal_retracts_the_alert_and_later_repeats_do_not_bring_it_back() -> None:
    world = World().take(enriched(), retraction(action="removed"), enriched(), retraction(action="removed"))
    assert world.frames == ["alert", "alert.retracted"]
    assert (world.alert.status, world.alert.headline) == ("retracted", "a1 revision 1")
    assert [s.retracted for s in world.alert.sources] == [True]


def test_a_removal_leaves_the_alert_of_another_outlet_standing() -> None:
    world = World().take(enriched(), enriched(article_id="b1"), retraction(action="withheld"))
    assert (world.alert.status, world.alert.headline) == ("active", "b1 revision 1")
    assert [(s.article_id, s.retracted) for s in world.alert.sources] == [("b1", False), ("a1", True)]
    assert world.alert.novelty == 100


def test_a_removal_ignores_clients_it_claims_to_match() -> None:
    world = World().take(enriched(), retraction(action="removed", matched=("C-1",)))
    assert world.alert.status == "retracted"


def test_an_update_that_no_longer_names_a_client_withdraws_only_that_clients_alert() -> None:
    world = World("C-1", "C-2").take(enriched(), enriched("C-2"), retraction(revision=2, matched=("C-2",)))
    assert {a.client.id: a.status for a in world.alerts.values()} == {"C-1": "retracted", "C-2": "active"}


def test_what_was_withdrawn_before_it_was_enriched_is_never_shown() -> None:
    world = World().take(retraction(action="removed"), enriched())
    assert world.frames == []
    assert not world.alerts


def test_a_newer_publication_revives_a_retracted_alert() -> None:
    world = World().take(enriched(), retraction(action="removed"), enriched(revision=3))
    assert world.frames == ["alert", "alert.retracted", "alert.updated"]
    assert (world.alert.status, world.alert.revision) == ("corrected", 3)
    assert live_sources(world) == [("a1", 3)]


def test_the_gravest_source_gives_severity_and_topic_and_the_highest_relevance_counts() -> None:
    world = World().take(
        enriched(severity="info", relevance=0.95), enriched(article_id="b1", severity="critical", relevance=0.85)
    )
    assert (world.alert.severity, world.alert.relevance, world.alert.headline) == ("critical", 0.95, "a1 revision 1")


def test_an_embargoed_article_is_held_and_known_to_be_due() -> None:
    until = NOW + timedelta(hours=1)
    world = World().take(enriched(embargo_until=until))
    (held,) = world.batch.alerts.values()
    assert (world.frames, held.shown, held.revision, held.embargo_until(NOW)) == ([], None, 0, until)


def test_an_embargoed_second_outlet_is_not_hinted_at() -> None:
    world = World().take(
        enriched(), enriched(article_id="b1", embargo_until=NOW + timedelta(hours=1), severity="critical")
    )
    assert world.frames == ["alert"]
    assert (live_sources(world), world.alert.severity, world.alert.novelty) == ([("a1", 1)], "important", 100)


def test_an_article_withdrawn_under_embargo_never_shows_even_as_withdrawn() -> None:
    later = NOW + timedelta(hours=2)
    world = World().take(enriched(embargo_until=NOW + timedelta(hours=1)), retraction(action="removed"))
    world.take(enriched(article_id="b1"), now=later)
    assert [s.article_id for s in world.alert.sources] == ["b1"]


def test_an_update_that_lifts_the_embargo_shows_at_once() -> None:
    world = World().take(enriched(embargo_until=NOW + timedelta(hours=1)), enriched(revision=2, embargo_until=None))
    assert world.frames == ["alert"]


def test_long_texts_and_long_lists_of_sources_are_bounded_and_the_newest_source_is_listed() -> None:
    world = World().take(enriched(body="x" * (BODY_LIMIT + 1)))
    for number in range(SOURCES_LIMIT + 5):
        world.take(enriched(article_id=f"b{number:03}"), now=NOW + timedelta(seconds=number + 1))
        assert world.alert.sources[0].article_id == "a1"
        assert f"b{number:03}" in {s.article_id for s in world.alert.sources}
    assert len(world.alert.sources) == SOURCES_LIMIT
    assert len(world.alert.body) == BODY_LIMIT


def test_what_a_person_confirmed_counts_though_the_resolver_kept_another_client_only() -> None:
    unsure = enriched(revision=2)
    confirmed = unsure.model_copy(update={"match": Match(score=0.7, method=CONFIRMED)})
    assert World().take(retraction(matched=("C-2",)), unsure).frames == []
    world = World().take(retraction(matched=("C-2",)), confirmed, confirmed)
    assert world.frames == ["alert"]
    assert world.take(retraction(revision=3, action="removed")).alert.status == "retracted"


def test_novelty_decays_by_a_quarter() -> None:
    assert [novelty(reports) for reports in (1, 2, 3, 4)] == [100, 75, 56, 42]


def test_a_client_that_left_the_book_is_refused() -> None:
    with pytest.raises(BadInput) as refused:
        World("C-1").take(enriched("C-9"))
    assert refused.value.code == "unknown_client"
