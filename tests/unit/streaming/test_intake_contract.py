"""The committed contracts are those of the code, and records fit them."""

from __future__ import annotations

import json

from jsonschema import Draft202012Validator

from core.clock import utc_now
from core.events import Article
from streaming.intake.contract import CONTRACTS, documents


def test_the_committed_contracts_are_those_of_the_code() -> None:
    for path, text in documents().items():
        assert path.read_text() == text, f"{path} differs: run `python -m streaming.intake.contract`"


def test_a_record_fits_its_schema_and_a_broken_one_does_not() -> None:
    schema = json.loads((CONTRACTS / "schemas" / "news.article.v1.json").read_text())
    article = Article(
        article_id="a", provider="p", revision=1, received_at=utc_now(), headline="h", body="b", trace_id="t"
    )
    validator = Draft202012Validator(schema)
    record = json.loads(article.to_json())
    assert validator.is_valid(record)
    assert not validator.is_valid({**record, "revision": -1})
