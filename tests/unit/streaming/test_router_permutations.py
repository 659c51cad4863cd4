"""Whatever order the records of some articles come in, and however often, RMs end up seeing the same."""

from dataclasses import dataclass
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from core.events import Action, Alert, EnrichedArticle, Retraction, Severity, Times
from streaming.router.alerts import novelty
from tests.router_samples import NOW, World, enriched, retraction

CLIENTS = ("C-1", "C-2")
SEVERITIES: tuple[Severity, ...] = ("info", "important", "critical")


@dataclass(frozen=True)
class Revision:
    """One revision as the stream saw it."""

    article_id: str
    number: int
    action: Action
    matched: tuple[str, ...]
    severity: Severity
    embargoed: bool

    def records(self) -> list[EnrichedArticle | Retraction]:
        until = NOW + timedelta(hours=1) if self.embargoed else None
        made: list[EnrichedArticle | Retraction] = [
            enriched(
                client, self.article_id, self.number, severity=self.severity, embargo_until=until, action=self.action
            )
            for client in self.matched
        ]
        if self.action != "created":
            made.append(retraction(self.article_id, self.number, self.matched, self.action))
        return made


@st.composite
def revisions(draw: st.DrawFn) -> list[Revision]:
    made = []
    for article_id in draw(st.sampled_from((("a",), ("a", "b"), ("a", "b", "c")))):
        for number in range(1, draw(st.integers(1, 4)) + 1):
            actions = st.just("created") if number == 1 else st.sampled_from(("updated", "removed", "withheld"))
            action: Action = draw(actions)  # type: ignore[arg-type]
            gone = action in ("removed", "withheld")
            matched = () if gone else tuple(sorted(draw(st.sets(st.sampled_from(CLIENTS)))))
            severity = draw(st.sampled_from(SEVERITIES))
            made.append(Revision(article_id, number, action, matched, severity, draw(st.booleans())))
    return made


def expected_sources(history: list[Revision], client: str) -> list[Revision]:
    """Say by definition what a client's RM must see: of each article the newest revision, if it matches and is free."""
    newest = {revision.article_id: revision for revision in sorted(history, key=lambda r: r.number)}
    return [r for _, r in sorted(newest.items()) if client in r.matched and not r.embargoed]


def seen(world: World, client: str) -> Alert | None:
    alerts = [a for a in world.alerts.values() if a.client.id == client and a.status != "retracted"]
    assert len(alerts) <= 1
    return alerts[0] if alerts else None


@settings(max_examples=150, deadline=None)
@given(history=revisions(), data=st.data())
def test_any_order_ends_in_the_newest_revisions(history: list[Revision], data: st.DataObject) -> None:
    records = [record for revision in history for record in revision.records()]
    repeated = data.draw(st.lists(st.sampled_from(records), max_size=4)) if records else []
    world = World(*CLIENTS).take(*data.draw(st.permutations(records + repeated)))
    for client in CLIENTS:
        sources, alert = expected_sources(history, client), seen(world, client)
        assert (alert is not None) == bool(sources)
        if alert is None:
            continue
        live = {(s.article_id, s.revision) for s in alert.sources if not s.retracted}
        assert live == {(r.article_id, r.number) for r in sources}
        assert alert.novelty == novelty(len(sources))
        assert alert.severity == max((r.severity for r in sources), key=SEVERITIES.index)
        assert alert.status == ("corrected" if any(r.action == "updated" for r in sources) else "active")


@settings(max_examples=80, deadline=None)
@given(history=revisions().filter(lambda made: len({r.article_id for r in made}) == 1), data=st.data())
def test_one_articles_alert_is_the_same_to_the_letter(history: list[Revision], data: st.DataObject) -> None:
    records = [record for revision in history for record in revision.records()]
    in_order = World(*CLIENTS).take(*records)
    shuffled = World(*CLIENTS).take(*data.draw(st.permutations(records)))
    for client in CLIENTS:
        assert _letters(seen(in_order, client)) == _letters(seen(shuffled, client))


def _letters(alert: Alert | None) -> Alert | None:
    """Leave out what says how the alert came about rather than what it is."""
    return alert and alert.model_copy(update={"revision": 1, "times": Times(), "trace_id": ""})
