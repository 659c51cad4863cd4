"""Writes the contracts that follow from the code: `python -m api.contract`. A unit test compares them with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from api import frames, probes
from api.app import create_routes
from core import events, market, topics

CONTRACTS = Path(__file__).parents[1] / "contracts"
OPENAPI = CONTRACTS / "openapi" / "api.json"
ASYNCAPI = CONTRACTS / "asyncapi.yaml"

RECORDS: dict[str, tuple[type[BaseModel], ...]] = {
    topics.RAW_NEWS: (events.Article,),
    topics.RAW_NEWS_RETRY: (events.Article,),
    topics.RAW_NEWS_DLQ: (events.DeadLetter,),
    topics.ENRICHED_ALERTS: (events.EnrichedArticle, events.Retraction),
    topics.ENRICHED_ALERTS_DLQ: (events.DeadLetter,),
    topics.REVIEW_CANDIDATES: (events.EnrichedArticle,),
    topics.RESOLVER_DECISIONS: (events.Decision,),
    topics.ALERT_STATE_CHANGES: (events.AlertStateChange,),
    topics.MARKET_TICKS: (market.MarketTick,),
    topics.MARKET_TICKS_DLQ: (events.DeadLetter,),
}
FRAMES: tuple[type[BaseModel], ...] = (
    *frames.SERVER_FRAMES,
    *(one for one in frames.CLIENT_FRAMES if one not in frames.SERVER_FRAMES),
)
CLOSE_CODES = {
    1009: "a frame of the client is far too big to be read at all",
    frames.FAILED: "something went wrong here; connect again",
    frames.GOING_AWAY: "this process ends; connect again",
    frames.TRY_AGAIN: "PostgreSQL, or Redis for a ticket, does not answer; connect again",
    frames.NOT_UNDERSTOOD: "a frame was not understood",
    frames.SESSION_ENDED: "the session expired or ended; log in again",
    frames.FORBIDDEN: "no right to alerts, or too many sockets of one user on this process",
    frames.RESYNC: "the feed begins anew; read the list again",
    frames.TOO_BIG: "a frame of the client is too big",
    frames.SLOW_CONSUMER: "frames are not read; connect again and resume",
}


def openapi() -> str:
    """Return the OpenAPI document of the REST API."""
    return json.dumps(create_routes().openapi(), indent=2, ensure_ascii=False) + "\n"


def asyncapi() -> str:
    """Return the AsyncAPI document of the Kafka topics and the WebSocket frames, as YAML."""
    models: list[type[BaseModel]] = [*dict.fromkeys(model for group in RECORDS.values() for model in group)]
    models += [model for model in FRAMES if model not in models]
    _, schemas = models_json_schema(
        [(model, "serialization") for model in models], ref_template="#/components/schemas/{model}"
    )
    known = [topic for topic in topics.TOPICS if topic.name in RECORDS]
    document = {
        "asyncapi": "3.0.0",
        "info": {"title": "Tipline", "version": probes.release(), "description": _description()},
        "defaultContentType": "application/json",
        "channels": {"stream": _stream(), **{topic.name: _topic(topic) for topic in known}},
        "operations": _operations(),
        "components": {
            "messages": {
                model.__name__: {
                    "summary": (model.__doc__ or "").strip().splitlines()[0],
                    "payload": {"$ref": f"#/components/schemas/{model.__name__}"},
                }
                for model in models
            },
            "schemas": schemas["$defs"],
        },
    }
    return str(yaml.safe_dump(document, sort_keys=False, width=120, allow_unicode=True))


def _description() -> str:
    codes = "\n".join(f"- {code}: {meaning}" for code, meaning in CLOSE_CODES.items())
    return (
        f"Kafka topics and the WebSocket `{frames.SUBPROTOCOL}`. A client without a session cookie asks\n"
        "`POST /api/v1/ws-tickets` for a ticket, good for one socket within 30 seconds, and offers it as a second\n"
        f"subprotocol, `ticket.TICKET`.\n\nClose codes of the WebSocket:\n{codes}\n"
    )


def _stream() -> dict[str, Any]:
    return {"address": "/api/v1/stream", "messages": _messages(FRAMES)}


def _topic(topic: topics.Topic) -> dict[str, Any]:
    kafka = {"partitions": topic.partitions, "topicConfiguration": {"retention.ms": topic.retention_s * 1000}}
    return {"address": topic.name, "messages": _messages(RECORDS[topic.name]), "bindings": {"kafka": kafka}}


def _operations() -> dict[str, Any]:
    def operation(action: str, models: tuple[type[BaseModel], ...]) -> dict[str, Any]:
        messages = [{"$ref": f"#/channels/stream/messages/{model.__name__}"} for model in models]
        return {"action": action, "channel": {"$ref": "#/channels/stream"}, "messages": messages}

    return {
        "sendFrames": operation("send", frames.SERVER_FRAMES),
        "receiveFrames": operation("receive", frames.CLIENT_FRAMES),
    }


def _messages(models: tuple[type[BaseModel], ...]) -> dict[str, Any]:
    return {model.__name__: {"$ref": f"#/components/messages/{model.__name__}"} for model in models}


def main() -> None:
    """Write both documents."""
    OPENAPI.write_text(openapi())
    ASYNCAPI.write_text(asyncapi())


if __name__ == "__main__":
    main()
