"""Builders for resolver tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from core.events import Article, Decision
from models.registry import Facts, RegistryEntry, RegistryName, compile_registry
from models.resolver import Resolver

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
SAXENA_FACTS: dict[str, Any] = {
    "employer": ("Saxena Industries Ltd",), "role": ("chairman", "industrialist"), "city": ("Mumbai",),
    "country": ("India",), "birth_date": "1968-04-11", "gender": "male",
}  # fmt: skip


def article(headline: str, body: str = "", **fields: Any) -> Article:
    known: dict[str, Any] = {
        "article_id": "a-1", "provider": "wire", "revision": 1, "trace_id": "t",
        "received_at": NOON, "published_at": NOON,
    }  # fmt: skip
    return Article(headline=headline, body=body, **(known | fields))


def entry(
    client_id: str, *names: str, kind: Any = "person", related: Any = (), blocks: Any = (), **facts: Any
) -> RegistryEntry:
    return RegistryEntry(
        client_id=client_id,
        kind=kind,
        names=tuple(RegistryName(name=name) for name in names),
        facts=Facts(**facts),
        related=related,
        blocks=blocks,
    )


def saxena(**changes: Any) -> RegistryEntry:
    return entry("UHNW-102", "Amit Saxena", **(SAXENA_FACTS | changes))


def resolver(*entries: RegistryEntry) -> Resolver:
    return Resolver(compile_registry(entries or (saxena(),), "v1"))


def decide(headline: str, body: str = "", *entries: RegistryEntry, **fields: Any) -> dict[str | None, Decision]:
    """Return the decisions by client."""
    found = resolver(*entries).resolve(article(headline, body, **fields))
    return {decision.client_id: decision for decision in found.decisions}


def verdict(headline: str, body: str = "", *entries: RegistryEntry, **fields: Any) -> str:
    """Return the decision about the first entry (UHNW-102 by default), `nil` when it was not considered."""
    client = entries[0].client_id if entries else "UHNW-102"
    decision = decide(headline, body, *entries, **fields).get(client)
    return decision.decision if decision else "nil"
