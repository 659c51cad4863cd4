"""Made-up news for load: each article about one of the demo book's clients, most of them stories of their own."""

from __future__ import annotations

import random
from typing import Any

from core.clock import rfc3339, utc_now
from ops.drill.articles import CAST, RM

__all__ = ["RM", "write_article"]

DEEDS = (
    "sues the makers of", "buys a producer of", "closes its factory for", "opens a school for", "is fined over",
    "wins a prize for", "recalls two million", "warns of a shortage of", "bets on", "gives away its collection of",
    "is questioned by parliament about", "halts exports of", "lists the company that makes", "loses a patent on",
    "funds a hospital's supply of", "ends a century of trade in",
)  # fmt: skip
THINGS = (
    "violins", "sea salt", "wind turbines", "canned fish", "racing bicycles", "cancer drugs", "church bells", "drones",
    "sheep's wool", "satellites", "chess sets", "school buses", "glass eyes", "cement", "orchids", "typewriters",
    "railway sleepers", "tea", "fireworks", "microscopes", "lithium cells", "umbrellas", "cargo ships", "ice cream",
    "court robes", "fertiliser", "diving suits", "bank notes", "tractors", "contact lenses", "timber", "wedding rings",
)  # fmt: skip
PLACES = (
    "Lapland", "Buenos Aires", "the Orkney Islands", "Nairobi", "Alberta", "Crete", "Hokkaido", "Tasmania", "Lyon",
    "the Ruhr", "Gdansk", "Patagonia", "Zanzibar", "Vermont", "Cornwall", "Sichuan", "Tangier", "Bergen", "Goa", "Riga",
)  # fmt: skip
REMARKS = (
    "Unions in {place} asked for talks.", "Analysts had expected nothing of the kind.",
    "The price of {thing} rose by a tenth.", "A rival in {place} declined to comment.",
    "The works employ four hundred people.", "The mayor of {place} called an evening meeting.",
    "Customs data show that {thing} from {place} doubled in a year.", "A ruling is due before the summer.",
)  # fmt: skip


def write_article(article_id: str, chance: random.Random) -> dict[str, Any]:
    """Return one `news.article.v1` of about nine sentences whose headline and lead name a client of `RM`."""
    who, thing, place = chance.choice(CAST), chance.choice(THINGS), chance.choice(PLACES)
    deed = f"{chance.choice(DEEDS)} {thing} in {place}"
    remarks = [
        remark.format(place=chance.choice(PLACES), thing=chance.choice(THINGS)) for remark in chance.sample(REMARKS, 6)
    ]
    return {
        "type": "news.article.v1",
        "article_id": article_id,
        "action": "created",
        "revision": 1,
        "published_at": rfc3339(utc_now()),
        "language": "en",
        "publisher": "Bench Wire",
        "headline": f"{who.name}, {who.role} of {who.company}, {deed}",
        "body": f"{who.name}, {who.role} of {who.company} in {who.city}, {deed}, the company said on Monday. "
        f"{remarks[0]} {remarks[1]}\n\n{who.name} told reporters that {thing} had a future in {place}. "
        + " ".join(remarks[2:]),
    }
