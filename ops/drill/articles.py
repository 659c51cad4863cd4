"""Made-up news about the demo book's Amit Saxena, in turn about different events, so that stories form and grow."""

from __future__ import annotations

from typing import Any

from core.clock import rfc3339, utc_now

EVENTS = (
    ("resigns from the board of the group's cement arm", "The board thanked him and named an interim chair."),
    ("to take the renewable energy unit public", "The offering is planned for spring, bankers said."),
    ("buys a container terminal near Chennai", "The price was not disclosed; regulators must approve the sale."),
    ("gives 200 million rupees to rural hospitals", "The gift pays for forty clinics in six districts."),
    ("sued by minority shareholders over a land deal", "The petition asks the court to void the transfer."),
    ("receives a national award for industry", "The ceremony takes place in New Delhi next month."),
    ("fined by the markets regulator for late filings", "The order names eleven disclosures from last year."),
    ("names a new finance director for the group", "She joins from a rival steel maker in June."),
    ("closes a textile mill with 900 workers", "The union called the decision a shock and plans a protest."),
    ("reports record quarterly profit at the group", "Sales rose by a fifth on strong demand for steel."),
)


def article(article_id: str, number: int) -> dict[str, Any]:
    """Return one article in our own JSON; the same number always tells of the same event."""
    what, detail = EVENTS[number % len(EVENTS)]
    return {
        "type": "news.article.v1",
        "article_id": article_id,
        "action": "created",
        "revision": 1,
        "published_at": rfc3339(utc_now()),
        "language": "en",
        "publisher": "Drill Wire",
        "url": f"https://drill.example/{article_id}",
        "headline": f"Amit Saxena, chairman of Saxena Industries, {what}",
        "body": f"MUMBAI - Amit Saxena, chairman of Mumbai-based Saxena Industries, {what}. {detail} "
        f"Mr Saxena, who has led Saxena Industries since 2009, spoke to reporters in Mumbai. (Report {number})",
    }
