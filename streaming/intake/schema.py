"""The webhook in OpenAPI: what FastAPI cannot see, since the handler reads the raw body."""

from __future__ import annotations

from typing import Any

_REJECTED = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["position", "code", "detail"],
        "properties": {"position": {"type": "string"}, "code": {"type": "string"}, "detail": {"type": "string"}},
    },
}

_PROBLEM = {"application/problem+json": {"schema": {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
        "detail": {"type": "string"}, "code": {"type": "string"}, "trace_id": {"type": ["string", "null"]},
        "errors": _REJECTED,
    },
}}}  # fmt: skip

_RECEIPT = {"application/json": {"schema": {
    "type": "object",
    "required": ["accepted", "duplicates", "ignored", "rejected", "trace_id"],
    "properties": {
        "accepted": {"type": "array", "items": {
            "type": "object",
            "properties": {"article_id": {"type": "string"}, "revision": {"type": "integer"},
                           "action": {"enum": ["created", "updated", "removed", "withheld"]}},
        }},
        "duplicates": {"type": "integer", "description": "Items accepted before; nothing was published for them"},
        "ignored": {"type": "integer", "description": "Items that are no articles, pictures for one"},
        "rejected": _REJECTED,
        "trace_id": {"type": "string"},
    },
}}}  # fmt: skip

_ERRORS = {
    400: "The body cannot be understood; it is kept in the dead letters",
    401: "The signature is missing, wrong or stale; nothing is kept",
    404: "No such source",
    409: "The message id or the article's revision was used for something else",
    413: "The body is too large; nothing is kept",
    415: "The format is not one we read; the body is kept in the dead letters",
    429: "Too many deliveries of this source at once; try again after Retry-After seconds",
    503: "A dependency does not answer, or too many deliveries at once; try again after Retry-After seconds",
}

_HEADERS = (
    ("webhook-id", "Standard Webhooks: id of the message"),
    ("webhook-timestamp", "Standard Webhooks: Unix seconds"),
    ("webhook-signature", "Standard Webhooks: v1,base64 of HMAC-SHA256 over id.timestamp.body; several by spaces"),
    ("X-Hub-Signature-256", "GitHub style: sha256=hex of HMAC-SHA256 over the body"),
    ("X-GitHub-Delivery", "GitHub style: id of the message"),
    ("Stripe-Signature", "Stripe style: t=seconds,v1=hex of HMAC-SHA256 over t.body"),
)

HOOK_DOC: dict[str, Any] = {
    "operation_id": "receive_news",
    "status_code": 202,
    "response_model": None,
    "responses": {
        202: {"description": "Everything is stored; repeats changed nothing", "content": _RECEIPT},
        207: {"description": "Some items are stored, the others in the dead letters", "content": _RECEIPT},
        422: {"description": "Not used", "content": _PROBLEM},
        **{status: {"description": text, "content": _PROBLEM} for status, text in _ERRORS.items()},
    },
    "openapi_extra": {
        "parameters": [
            {"name": name, "in": "header", "required": False, "description": text, "schema": {"type": "string"}}
            for name, text in _HEADERS
        ],
        "requestBody": {
            "required": True,
            "description": "news.article.v1, ninjs 1-3, JSON Feed, RSS, Atom or NewsML-G2",
            "content": {"application/json": {}, "application/xml": {}},
        },
    },
}
