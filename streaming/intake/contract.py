"""Writes the contracts that follow from the code: `python -m streaming.intake.contract`; a unit test compares them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from core import events, market
from core.settings import Settings
from streaming.intake.accept import Delivery, Receipt
from streaming.intake.app import create_app
from streaming.sources import Sources

CONTRACTS = Path(__file__).parents[2] / "contracts"
RECORDS: dict[str, type[BaseModel]] = {
    "news.article.v1": events.Article,
    "enriched.v1": events.EnrichedArticle,
    "retraction.v1": events.Retraction,
    "resolver.decision.v1": events.Decision,
    "alert.v1": events.Alert,
    "alert-state.v1": events.AlertStateChange,
    "dead-letter.v1": events.DeadLetter,
    "market.tick.v1": market.MarketTick,
}


class _NoAcceptor:
    async def accept(self, delivery: Delivery) -> Receipt:
        raise NotImplementedError(f"describes the webhook, takes nothing from {delivery.source}")


def documents() -> dict[Path, str]:
    """Return every contract of the news records and the webhook: where it is kept, and its text."""
    schemas = {CONTRACTS / "schemas" / f"{name}.json": _text(_schema(name, model)) for name, model in RECORDS.items()}
    app = create_app(Settings(), Sources, _NoAcceptor(), {})
    return {**schemas, CONTRACTS / "openapi" / "intake.json": _text(app.openapi())}


def _schema(name: str, model: type[BaseModel]) -> dict[str, Any]:
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"urn:tipline:{name}"}
    return {**head, **model.model_json_schema()}


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for path, text in documents().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
