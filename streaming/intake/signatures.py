"""Webhook signatures: HMAC-SHA256 in three dialects, verified and made over the raw bytes of the body.

standard  webhook-id, webhook-timestamp, webhook-signature: "v1,<base64>" of `id.timestamp.body` (Standard Webhooks)
github    X-Hub-Signature-256: "sha256=<hex>" of `body`; X-GitHub-Delivery names the message; carries no time
stripe    Stripe-Signature: "t=<unix seconds>,v1=<hex>" of `t.body`; the message has no name of its own

The reference library for Standard Webhooks takes only UTF-8 bodies and its own clock, so it checks ours in the tests.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping

from core.errors import Unauthenticated
from streaming.sources import Webhook

_MESSAGE_ID = re.compile(r"[\x21-\x7e]{1,256}")
_UNIX_SECONDS = re.compile(r"[0-9]{1,12}")


def verify(webhook: Webhook, headers: Mapping[str, str], body: bytes, *, now_s: float, tolerance_s: float) -> str:
    """Check a delivery's signature and age and return its message id.

    Args:
        webhook: the sender's scheme and keys; any key may have signed.
        headers: by lower-case name.
        body: the raw bytes as received.
        now_s: our clock, Unix seconds.
        tolerance_s: how far the sender's clock may be from ours, either way; the github scheme has no time.

    Raises:
        Unauthenticated: a header is missing, the time is off, or no signature fits.
    """
    if webhook.scheme == "github":
        return _verify_github(webhook, headers, body)
    if webhook.scheme == "stripe":
        return _verify_stripe(webhook, headers, body, now_s, tolerance_s)
    return _verify_standard(webhook, headers, body, now_s, tolerance_s)


def sign(webhook: Webhook, message_id: str, body: bytes, *, now_s: float) -> dict[str, str]:
    """Return the headers with which the sender would sign this body now, with its first key."""
    key, timestamp = webhook.key_bytes[0], str(int(now_s))
    if webhook.scheme == "github":
        return {"X-GitHub-Delivery": message_id, "X-Hub-Signature-256": f"sha256={_mac(key, body).hex()}"}
    if webhook.scheme == "stripe":
        return {"Stripe-Signature": f"t={timestamp},v1={_mac(key, timestamp.encode() + b'.' + body).hex()}"}
    signature = base64.b64encode(_mac(key, _standard_content(message_id, timestamp, body))).decode()
    return {"webhook-id": message_id, "webhook-timestamp": timestamp, "webhook-signature": f"v1,{signature}"}


def _verify_standard(
    webhook: Webhook, headers: Mapping[str, str], body: bytes, now_s: float, tolerance_s: float
) -> str:
    message_id, timestamp = _message_id(headers.get("webhook-id")), headers.get("webhook-timestamp", "")
    _check_age(timestamp, now_s, tolerance_s)
    offered = [one[3:] for one in headers.get("webhook-signature", "").split(" ") if one.startswith("v1,")]
    content = _standard_content(message_id, timestamp, body)
    _check(offered, (base64.b64encode(_mac(key, content)).decode() for key in webhook.key_bytes))
    return message_id


def _verify_github(webhook: Webhook, headers: Mapping[str, str], body: bytes) -> str:
    offered = headers.get("x-hub-signature-256", "").removeprefix("sha256=")
    _check([offered], (_mac(key, body).hex() for key in webhook.key_bytes))
    named = headers.get("x-github-delivery")
    return _message_id(named) if named is not None else hashlib.sha256(body).hexdigest()


def _verify_stripe(webhook: Webhook, headers: Mapping[str, str], body: bytes, now_s: float, tolerance_s: float) -> str:
    parts = [part.strip().partition("=") for part in headers.get("stripe-signature", "").split(",")]
    timestamp = next((value for name, _, value in parts if name == "t"), "")
    _check_age(timestamp, now_s, tolerance_s)
    offered = [value for name, _, value in parts if name == "v1"]
    _check(offered, (_mac(key, timestamp.encode() + b"." + body).hex() for key in webhook.key_bytes))
    return f"{timestamp}.{hashlib.sha256(body).hexdigest()}"


def _standard_content(message_id: str, timestamp: str, body: bytes) -> bytes:
    return f"{message_id}.{timestamp}.".encode() + body


def _mac(key: bytes, content: bytes) -> bytes:
    return hmac.digest(key, content, "sha256")


def _message_id(offered: str | None) -> str:
    if offered is None or not _MESSAGE_ID.fullmatch(offered):
        raise Unauthenticated("the message id is missing or not 1 to 256 printable characters", code="bad_message_id")
    return offered


def _check_age(timestamp: str, now_s: float, tolerance_s: float) -> None:
    if not _UNIX_SECONDS.fullmatch(timestamp):
        raise Unauthenticated("the signature's time is missing or not Unix seconds", code="bad_timestamp")
    if abs(now_s - int(timestamp)) > tolerance_s:
        raise Unauthenticated(f"the signature's time is more than {tolerance_s:g} s from ours", code="stale_timestamp")


def _check(offered: Iterable[str], expected: Iterable[str]) -> None:
    """Compare every pair, in constant time each, so that the time tells nothing of which key or signature fits."""
    candidates = [one.encode() for one in offered]
    fits = [hmac.compare_digest(key.encode(), one) for key in expected for one in candidates]
    if not any(fits):
        raise Unauthenticated("no signature fits", code="bad_signature")
