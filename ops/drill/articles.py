"""Made-up news about people of the demo book, in turn about different events, so that stories form and grow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.clock import rfc3339, utc_now


@dataclass(frozen=True, slots=True)
class Person:
    """A client whom the drill's RM looks after, as an article introduces them."""

    client_id: str
    name: str
    role: str
    company: str
    city: str


RM = "daniel.weber"
CAST = (
    Person("UHNW-111", "Khalid Al Mansoori", "chairman", "Mansoori Holding", "Dubai"),
    Person("UHNW-113", "Kenjiro Matsuoka", "president", "Matsuoka Robotics", "Osaka"),
    Person("UHNW-114", "Elena Papadimitriou", "chief executive", "Aegean Solar", "Athens"),
    Person("UHNW-115", "Sean O'Callaghan", "chairman", "Callaghan Dairy", "Cork"),
    Person("UHNW-122", "Noa Ben-David", "chief executive", "Tamarisk Water Technologies", "Haifa"),
)
CAST_IDS = frozenset(person.client_id for person in CAST)
EVENTS = (
    ("resigns from the board", "The board named an interim chair and thanked the outgoing member."),
    ("plans a stock market listing", "The offering is planned for spring, bankers said."),
    ("buys a container terminal in the port", "The price was not disclosed; regulators must approve the sale."),
    ("gives 200 million dollars to rural schools", "The gift pays for forty schools in six districts."),
    ("is sued by minority shareholders over a land deal", "The petition asks the court to void the transfer."),
    ("receives a national award for industry", "The ceremony takes place in the capital next month."),
    ("is fined by the markets regulator for late filings", "The order names eleven disclosures from last year."),
    ("names a new finance director", "She joins from a rival in June."),
    ("closes a plant with 900 workers", "The union called the decision a shock and plans a protest."),
    ("reports record quarterly profit", "Sales rose by a fifth on strong demand."),
    ("settles a tax dispute", "The settlement ends nine years of litigation over customs duties."),
)


def subject(number: int) -> Person:
    """Return whom the article of this number is about."""
    return CAST[number % len(CAST)]


def article(article_id: str, number: int) -> dict[str, Any]:
    """Return one article in our own JSON; the same number always tells of the same person and event."""
    who, (what, detail) = subject(number), EVENTS[number % len(EVENTS)]
    return {
        "type": "news.article.v1",
        "article_id": article_id,
        "action": "created",
        "revision": 1,
        "published_at": rfc3339(utc_now()),
        "language": "en",
        "publisher": "Drill Wire",
        "url": f"https://drill.example/{article_id}",
        "headline": f"{who.name}, {who.role} of {who.company}, {what}",
        "body": f"{who.name}, {who.role} of {who.company} in {who.city}, {what}. {detail} "
        f"{who.name} spoke to reporters in {who.city} on behalf of {who.company}. (Report {number})",
    }
