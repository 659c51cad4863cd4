"""The article a probe sends: news about one client, told from the facts of the book, each time another story."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from clients.postgres import Session
from core.clock import rfc3339, utc_now
from core.errors import NotFound

# (what happens, what it is for): far enough apart that one probe's story is not taken for another's.
STORIES = (
    ("opens a lighthouse museum", "Visitors will see lenses and logbooks that keepers left behind."),
    ("endows a chair of botany", "The professor will study seaweed and the grasses of salt marshes."),
    ("buys a vineyard", "The vines were planted ninety years ago and give a dry white wine."),
    ("wins a sailing trophy", "The regatta went twice around the island in heavy wind."),
    ("gives a library to the city", "Its reading rooms hold forty thousand volumes and a map collection."),
    ("restores a railway viaduct", "Masons will replace two hundred blocks of sandstone by hand."),
    ("founds a school of cooking", "Forty apprentices will learn bread, pastry and cheese."),
    ("orders an electric ferry", "The ship carries sixty cars and charges while they roll off."),
    ("lends paintings to a gallery", "Twelve watercolours of the harbour will hang until spring."),
    ("plants a forest of oaks", "Foresters count on a hundred thousand seedlings in five winters."),
)
QUARTERS = ("Northgate", "Old Harbour", "Saint Brannoc", "Millbank", "Fourwinds", "Ropewalk", "Castle Hill", "Westmoor")

_CLIENT = "SELECT kind, display FROM clients WHERE client_id = %s AND active"
_FACTS = "SELECT kind, value FROM client_facts WHERE client_id = %s ORDER BY kind, value"
_RM = """
    SELECT rm_id FROM rm_clients JOIN rm USING (rm_id)
    WHERE client_id = %s AND active AND now() >= valid_from AND now() < valid_to ORDER BY rm_id LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Subject:
    """A client as an article introduces it, and the RM who looks after it."""

    client_id: str
    rm_id: str
    name: str
    introduction: str
    city: str


def load_subject(session: Session, client_id: str) -> Subject:
    """Read a client from the book; NotFound when there is none or nobody looks after it."""
    client = session.execute(_CLIENT, (client_id,)).fetchone()
    if client is None:
        raise NotFound(f"the book has no client {client_id}: `tipline up` loads the demo book")
    manager = session.execute(_RM, (client_id,)).fetchone()
    if manager is None:
        raise NotFound(f"nobody looks after {client_id}, so no page can show its alert")
    facts = {row["kind"]: row["value"] for row in reversed(session.execute(_FACTS, (client_id,)).fetchall())}
    name = client["display"]
    if client["kind"] == "person" and {"role", "employer"} <= facts.keys():
        introduction = f"{name}, {facts['role']} of {facts['employer']}"
    else:
        introduction = name
    return Subject(client_id, manager["rm_id"], name, introduction, facts.get("city", "the capital"))


def write_article(subject: Subject, article_id: str) -> dict[str, Any]:
    """Return a `news.article.v1` whose headline and lead name the client."""
    event, detail = secrets.choice(STORIES)
    quarter = secrets.choice(QUARTERS)
    body = (
        f"{subject.introduction}, {event} in the {quarter} quarter of {subject.city}, a spokeswoman said. {detail} "
        f"{subject.name} will speak at the ceremony. The plan has reference {secrets.token_hex(3)}."
    )
    return _envelope(article_id, "created", headline=f"{subject.introduction}, {event} in {quarter}", body=body)


def withdraw(article_id: str) -> dict[str, Any]:
    """Return the record that withdraws a probe's article again."""
    return _envelope(article_id, "removed")


def mentions(sources: Iterable[Any], article_id: str) -> bool:
    """Say whether an alert's sources contain the article."""
    return any(source.get("article_id") == article_id for source in sources)


def _envelope(article_id: str, action: str, **content: str) -> dict[str, Any]:
    now = utc_now()
    revision = int(now.timestamp() * 1000)
    return {"id": article_id, "action": action, "revision": revision, "published_at": rfc3339(now), **content}
