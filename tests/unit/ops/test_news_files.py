"""Files of news as documents for the webhook."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.errors import BadInput, NotFound
from ops.news_files import documents
from streaming.formats import Draft, parse

CSV = 'url,date,title,text\nhttps://a.test/1,2026-01-31,"One, two","Line 1\nLine 2"\nhttps://a.test/2,,Three,Body\n'


def test_rows_of_csv_are_articles_that_the_webhook_understands(tmp_path: Path) -> None:
    (tmp_path / "set.csv").write_text(CSV)
    found = list(documents(tmp_path / "set.csv"))
    drafts = [item for one in found for item in parse(one.body, one.content_type, provider="p")]
    assert [item.article_id for item in drafts if isinstance(item, Draft)] == ["https://a.test/1", "https://a.test/2"]
    assert json.loads(found[0].body)["published_at"] == "2026-01-31T00:00:00Z"
    assert json.loads(found[1].body)["published_at"] is None


def test_a_folder_is_all_its_news_files_by_name(tmp_path: Path) -> None:
    (tmp_path / "b.jsonl").write_text('{"id": 1}\n\n{"id": 2}\n')
    (tmp_path / "a.rss").write_text("<rss/>")
    (tmp_path / "notes.md").write_text("no news")
    found = [(one.name, one.content_type) for one in documents(tmp_path)]
    assert found == [
        ("a.rss", "application/rss+xml"), ("b.jsonl:1", "application/json"), ("b.jsonl:3", "application/json"),
    ]  # fmt: skip


def test_nothing_to_send_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no file of"):
        list(documents(tmp_path))
    (tmp_path / "set.csv").write_text("a,b\n1,2\n")
    with pytest.raises(BadInput, match="no column date, text, title, url"):
        list(documents(tmp_path))
