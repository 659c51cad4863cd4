"""The news formats: the same made-up article out of each, and clear errors for what cannot be understood."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from core.errors import BadInput, UnsupportedFormat
from streaming.formats import Draft, Ignored, Rejected, parse
from tests.unit.streaming.news_samples import (
    ATOM,
    JSON_FEED,
    NEWSML,
    NINJS_1,
    NINJS_2,
    NINJS_3,
    OWN,
    RSS_1,
    RSS_2,
    as_json,
)

PUBLISHED = datetime(2026, 1, 31, 8, 30, tzinfo=UTC)
EMBARGO = datetime(2026, 2, 1, tzinfo=UTC)
BODY = "Fire & smoke.\nTwo hurt."
EVERY = {
    "own": as_json(OWN), "ninjs 1": as_json(NINJS_1), "ninjs 2": as_json(NINJS_2), "ninjs 3": as_json(NINJS_3),
    "JSON Feed": as_json(JSON_FEED), "RSS 2.0": RSS_2, "RSS 1.0": RSS_1, "Atom": ATOM, "NewsML-G2": NEWSML,
}  # fmt: skip


def first(body: bytes, content_type: str | None = None) -> Draft:
    item = parse(body, content_type, provider="wire")[0]
    assert isinstance(item, Draft)
    return item


def own(**fields: Any) -> bytes:
    return as_json({"id": "1", "headline": "h", **fields})


@pytest.mark.parametrize("body", EVERY.values(), ids=EVERY.keys())
def test_every_format_gives_the_same_article(body: bytes) -> None:
    draft = first(body)
    assert (draft.headline, draft.body) == ("Mill burns", BODY)
    assert (draft.published_at, draft.publisher, draft.language) == (PUBLISHED, "Wire", "en")


@pytest.mark.parametrize("name", ["own", "ninjs 1", "ninjs 2", "ninjs 3", "NewsML-G2"])
def test_agency_formats_carry_revision_embargo_and_tags(name: str) -> None:
    draft = first(EVERY[name])
    assert (draft.revision, draft.embargo_until) == (3, EMBARGO)
    assert [one.name for one in draft.people] == ["Ann Lee"]
    assert [one.name for one in draft.organisations] == ["Mill AG"]


@pytest.mark.parametrize(
    ("name", "article_id"),
    [
        ("own", "urn:wire:1"), ("ninjs 3", "https://wire.test/1"), ("JSON Feed", "wire:1"), ("RSS 2.0", "wire:1"),
        ("RSS 1.0", "https://wire.test/1"), ("Atom", "tag:wire.test,2026:1"), ("NewsML-G2", "urn:newsml:wire:1"),
    ],
)  # fmt: skip
def test_ids_are_the_providers_and_unique_among_providers(name: str, article_id: str) -> None:
    assert first(EVERY[name]).article_id == article_id


def test_the_revision_is_the_number_else_the_update_time() -> None:
    del (unnumbered := dict(NINJS_3))["version"]
    assert first(as_json(unnumbered)).revision == int(PUBLISHED.timestamp() * 1000)
    assert first(own(updated_at="2026-01-31T08:30:00Z")).revision == int(PUBLISHED.timestamp() * 1000)
    assert first(own(revision="12")).revision == 12
    assert first(RSS_2).revision is None


@pytest.mark.parametrize(("status", "action"), [("withheld", "withheld"), ("canceled", "removed")])
def test_withdrawals_are_understood_everywhere(status: str, action: str) -> None:
    for body in (
        as_json({"uri": "u:1", "pubstatus": status}),
        as_json({"uri": "u:1", "pubStatus": status}),
        NEWSML.replace(b"stat:usable", b"sig:" + status.encode()),
        own(action=action, headline=None),
    ):
        assert first(body).action == action


def test_an_atom_tombstone_removes_its_entry() -> None:
    tombstone = parse(ATOM, None, provider="wire")[1]
    assert isinstance(tombstone, Draft)
    assert (tombstone.article_id, tombstone.action) == ("tag:wire.test,2026:0", "removed")


def test_pictures_and_packages_are_no_articles() -> None:
    kinds = [type(item) for item in parse(NEWSML, None, provider="wire")]
    assert kinds == [Draft, Ignored, Ignored]
    assert isinstance(parse(as_json({**NINJS_1, "type": "picture"}), None, provider="wire")[0], Ignored)


def test_an_item_without_a_date_has_none() -> None:
    for body in (
        RSS_2.replace(b"pubDate", b"noDate"),
        RSS_2.replace(b"31 Jan 2026", b"31 Jan 9999"),
        RSS_1.replace(b"2026-01-31T09:30:00+01:00", b"yesterday"),
        as_json({**JSON_FEED, "items": [{**JSON_FEED["items"][0], "date_published": 5}]}),
    ):
        assert first(body).published_at is None


def test_an_item_without_an_id_is_named_by_its_link_or_headline() -> None:
    nameless = RSS_2.replace(b"guid", b"x")
    assert first(nameless).article_id == "https://wire.test/1"
    linkless = nameless.replace(b"link>", b"y>")
    assert (
        first(linkless).article_id == first(linkless).article_id != first(linkless.replace(b"Mill", b"Hill")).article_id
    )


def test_one_bad_item_leaves_the_others() -> None:
    items = [JSON_FEED["items"][0], {"id": "x" * 600, "title": "t"}, "no object"]
    outcomes = parse(as_json({**JSON_FEED, "items": items}), None, provider="wire")
    assert [type(one) for one in outcomes] == [Draft, Rejected, Rejected]
    refused = outcomes[1]
    assert isinstance(refused, Rejected)
    assert refused.position == "items[1]"
    # What is kept is a document of its own, which can be replayed.
    with pytest.raises(BadInput, match="id"):
        parse(refused.original, "application/json", provider="wire")


def test_the_envelope_of_standard_webhooks_is_opened() -> None:
    event = {"type": "news.article.v1", "timestamp": "2026-01-01T00:00:00Z", "data": {"id": "1", "headline": "h"}}
    assert first(as_json(event)).article_id == "1"


def test_the_content_hash_is_of_what_it_says() -> None:
    assert first(own()).content_hash == first(own(action="updated")).content_hash
    others = {first(own(**change)).content_hash for change in (
        {}, {"body": "b"}, {"headline": "x"}, {"action": "removed"}, {"people": ["A"]},
        {"embargo_until": "2026-01-01T00:00:00Z"},
    )}  # fmt: skip
    assert len(others) == 6


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"  ", "empty_body"),
        (b"{", "bad_json"),
        (b'{"id": "1", "headline": "\xff"}', "bad_encoding"),
        (b'{"id": "1", "id": "2"}', "duplicate_key"),
        (b'{"id": "1", "headline": "h", "x": 1e400}', "bad_number"),
        (b'{"id": "1", "headline": "h", "x": NaN}', "bad_number"),
        (b'{"id": "1", "headline": "h", "x": ' + b"9" * 5000 + b"}", "bad_json"),
        (b'{"id": "1", "headline": "a\\u0000"}', "bad_text"),
        (b'{"id": "1", "headline": "a\\ud800"}', "bad_text"),
        (b'{"id": "1", "headline": "h", "\\udfff": 1}', "bad_text"),
        (b'{"id": "1", "headline": ' + b"[" * 100 + b"]" * 100 + b"}", "too_deep"),
        (b"[" * 100_000, "too_deep"),
        (own(published_at="0001-01-01T00:00:00Z"), "bad_date"),
        (own(published_at="9999-12-31T23:59:59-23:00"), "bad_date"),
        (own(published_at="2026-01-31T09:30:00"), "bad_date"),
        (own(published_at=1769850000), "bad_date"),
        (own(revision=-1), "bad_revision"),
        (own(revision=2**63), "bad_revision"),
        (own(revision=True), "bad_revision"),
        (own(revision=1.5), "bad_revision"),
        (own(action="published"), "bad_action"),
        (own(headline=None), "empty_article"),
        (own(headline="h" * 3000), "headline_too_long"),
        (own(body=["b"]), "bad_field"),
        (own(people="Ann Lee"), "bad_field"),
        (as_json({"id": "", "headline": "h"}), "bad_id"),
        (as_json({**NINJS_1, "pubstatus": "draft"}), "bad_action"),
        (own(body="<div>" * 5000 + "x"), "too_deep"),
        (b"<rss><channel>", "bad_xml"),
        (b"<rss/>", "bad_field"),
        (b"<rss><channel/></rss>", "no_items"),
        (b"<a>" * 5000 + b"</a>" * 5000, "bad_xml"),
        (b'<!DOCTYPE rss SYSTEM "file:///etc/passwd"><rss><channel/></rss>', "dtd_forbidden"),
        (b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel>&x;</channel></rss>', "dtd_forbidden"),
        ('<?xml version="1.0" encoding="utf-16"?><!DOCTYPE r><rss/>'.encode("utf-16"), "dtd_forbidden"),
    ],
)
def test_bad_input_is_named(body: bytes, code: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse(body, None, provider="wire")
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"%PDF-1.7", None), (b"%PDF-1.7", "application/pdf"), (b"<html><body/></html>", None),
        (as_json(OWN), "text/html"), (b'"text"', "application/json"), (b'{"kind": "order"}', "application/json"),
    ],
)  # fmt: skip
def test_unknown_formats_are_unsupported(body: bytes, content_type: str | None) -> None:
    with pytest.raises(UnsupportedFormat):
        parse(body, content_type, provider="wire")


def test_the_content_type_decides_before_the_bytes() -> None:
    assert first(RSS_2, "application/rss+xml; charset=utf-8").headline == "Mill burns"
    with pytest.raises(BadInput, match="not JSON"):
        parse(RSS_2, "application/json", provider="wire")


def test_links_that_are_no_web_address_are_dropped() -> None:
    assert first(own(url="javascript:alert(1)")).url is None
    assert json.loads(as_json(OWN))["url"] == first(as_json(OWN)).url
