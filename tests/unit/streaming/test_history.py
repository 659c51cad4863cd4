"""What a draft is after all that was accepted before."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.errors import Conflict
from streaming.formats import Draft
from streaming.intake.history import Accepted, History, Verdict, judge

DAY = datetime(2026, 1, 2, tzinfo=UTC)
DAY_MS = int(DAY.timestamp() * 1000)


def draft(body: str = "b", **fields: object) -> Draft:
    return Draft(article_id="a", headline="h", body=body, **fields)  # type: ignore[arg-type]


def history(*accepted: tuple[int, Draft]) -> History:
    known = History()
    for revision, one in accepted:
        known.note(Accepted("a", revision, "p", one.content_hash))
    return known


def decide(one: Draft, known: History, *, snapshot: bool = False) -> Verdict | None:
    return judge(one, one.content_hash, known, "p", snapshot=snapshot)


def test_the_revision_is_the_providers_else_the_date_else_zero() -> None:
    assert decide(draft(revision=7, published_at=DAY), history()) == Verdict(7, "created")
    assert decide(draft(published_at=DAY), history()) == Verdict(DAY_MS, "created")
    assert decide(draft(), history()) == Verdict(0, "created")


def test_created_again_is_updated_when_newer_and_nothing_when_older() -> None:
    known = history((5, draft()))
    assert decide(draft("c", revision=6), known) == Verdict(6, "updated")
    assert decide(draft("c", revision=4), known) is None


def test_a_repeat_is_nothing_and_other_content_a_conflict() -> None:
    known = history((5, draft()))
    assert decide(draft(revision=5), known) is None
    assert decide(draft(revision=5, action="updated"), known) is None
    with pytest.raises(Conflict, match="other content"):
        decide(draft("c", revision=5), known)


def test_a_withdrawal_without_a_number_comes_after_the_last() -> None:
    known = history((5, draft()))
    withdrawal = draft(action="removed", published_at=DAY)
    assert decide(withdrawal, known) == Verdict(6, "removed")
    known.note(Accepted("a", 6, "p", withdrawal.content_hash))
    assert decide(withdrawal, known) is None


def test_anothers_article_is_out_of_reach() -> None:
    with pytest.raises(Conflict, match="another provider"):
        judge(draft(revision=9, action="removed"), "x", history((5, draft())), "q", snapshot=False)


def test_what_was_begun_is_published_as_it_was_begun_until_a_newer_one_comes() -> None:
    for one, revision in ((draft(revision=5), 5), (draft(), 0), (draft(action="removed"), 3)):
        known = History()
        known.note(Accepted("a", revision, "p", one.content_hash, one.action, published=False))
        assert decide(one, known) == Verdict(revision, one.action)
        assert decide(one, known, snapshot=True) == Verdict(revision, one.action)
        known.note(Accepted("a", 9, "p", "newer"))
        assert decide(one, known) != Verdict(revision, one.action)


def test_a_feed_may_edit_without_a_new_date_and_never_flaps() -> None:
    first, second, third = (draft(body, published_at=DAY) for body in "xyz")
    known = history((DAY_MS, first))
    for number, edit in enumerate((second, third), start=1):
        verdict = decide(edit, known, snapshot=True)
        assert verdict == Verdict(DAY_MS + number, "updated")
        known.note(Accepted("a", verdict.revision, "p", edit.content_hash))
    assert [decide(one, known, snapshot=True) for one in (first, second, third)] == [None, None, None]
