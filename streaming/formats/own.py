"""Our own JSON, `news.article.v1`: one article, or one in the `data` of an envelope that names the type."""

from __future__ import annotations

from typing import Any, cast, get_args

from core.errors import BadInput
from core.events import Action
from streaming.formats.dates import epoch_ms, strict_date
from streaming.formats.draft import (
    Draft,
    line,
    optional_line,
    plain,
    references,
    web_url,
    whole_number,
)

TYPE = "news.article.v1"


def is_own(document: dict[str, Any]) -> bool:
    """Whether a JSON object is of this format: it says so, or has an id and something that only an article has."""
    if document.get("type") == TYPE:
        return True
    names_article = "article_id" in document or "id" in document
    return names_article and bool({"headline", "body", "action"} & document.keys())


def read_own(document: Any) -> Draft:
    """Read one article; BadInput names the field that cannot be understood."""
    if not isinstance(document, dict):
        raise BadInput("the article is not a JSON object", code="bad_field")
    data = document.get("data")
    article = data if document.get("type") == TYPE and isinstance(data, dict) else document
    action = _action(article.get("action"))
    revision = whole_number(article.get("revision"), "revision")
    updated_at = strict_date(article.get("updated_at"), "updated_at")
    return Draft(
        article_id=line(article.get("article_id", article.get("id")), "article_id"),
        headline=line(article.get("headline"), "headline"),
        body=plain(article.get("body"), "body"),
        action=action,
        revision=epoch_ms(updated_at) if revision is None else revision,
        published_at=strict_date(article.get("published_at"), "published_at"),
        language=optional_line(article.get("language"), "language"),
        url=web_url(article.get("url")),
        publisher=optional_line(article.get("publisher"), "publisher"),
        people=references(article.get("people"), "people"),
        organisations=references(article.get("organisations"), "organisations"),
        instruments=references(article.get("instruments"), "instruments"),
        topics=references(article.get("topics"), "topics"),
        embargo_until=strict_date(article.get("embargo_until"), "embargo_until"),
    )


def _action(value: object) -> Action:
    if value is None:
        return "created"
    if value not in get_args(Action):
        raise BadInput(f"action is none of {', '.join(get_args(Action))}", code="bad_action")
    return cast(Action, value)
