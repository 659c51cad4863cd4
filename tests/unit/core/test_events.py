import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import parse_rfc3339, utc_now
from core.events import Article, alert_id, enrichment_id, story_id


def test_an_article_survives_the_wire_and_a_newer_writer() -> None:
    article = Article(
        article_id="a1", provider="demo", revision=3, received_at=utc_now().replace(microsecond=0), headline="H",
        body="B", trace_id="t",
    )  # fmt: skip
    wire = json.loads(article.to_json()) | {"added_later": 1}
    assert Article.model_validate(wire) == article
    assert wire["received_at"].endswith(".000Z")


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        parse_rfc3339("2026-01-01T00:00:00")


@given(st.text(min_size=1), st.integers(0, 2**62), st.text(min_size=1))
def test_ids_are_stable_and_apart(article: str, revision: int, client: str) -> None:
    assert enrichment_id(article, revision, client) == enrichment_id(article, revision, client)
    assert enrichment_id(article, revision, client) != enrichment_id(article, revision + 1, client)
    story = story_id(client, article)
    assert alert_id(client, story) not in {story, alert_id(client + "x", story)}
