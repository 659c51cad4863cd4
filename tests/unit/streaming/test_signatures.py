"""Webhook signatures, against the reference library of Standard Webhooks and by hand for the others."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from standardwebhooks.webhooks import Webhook as ReferenceWebhook

from core.errors import Unauthenticated
from streaming.intake.signatures import sign, verify
from streaming.sources import Webhook

NOW_S = 1_800_000_000.0
OLD, NEW = ("whsec_" + base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))
BODY = b'{"headline": "\xc3\xa9"}'


def webhook(scheme: Any = "standard", *keys: str) -> Webhook:
    return Webhook(scheme=scheme, keys=tuple(SecretStr(key) for key in keys or (NEW,)), provider="p")


def check(sender: Webhook, headers: dict[str, str], body: bytes = BODY, now_s: float = NOW_S) -> str:
    lower = {name.lower(): value for name, value in headers.items()}
    return verify(sender, lower, body, now_s=now_s, tolerance_s=300)


def test_the_reference_library_signs_what_we_verify() -> None:
    signature = ReferenceWebhook(NEW).sign("msg_1", datetime.fromtimestamp(NOW_S, UTC), BODY.decode())
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(int(NOW_S)), "webhook-signature": signature}
    assert check(webhook(), headers) == "msg_1"


def test_the_reference_library_verifies_what_we_sign() -> None:
    headers = sign(webhook(), "msg_1", BODY, now_s=datetime.now(UTC).timestamp())
    ReferenceWebhook(NEW).verify(BODY, headers)


def test_github_and_stripe_signatures_are_theirs() -> None:
    github = {"X-Hub-Signature-256": "sha256=" + hmac.new(b"key", BODY, hashlib.sha256).hexdigest()}
    assert check(webhook("github", "key"), github) == hashlib.sha256(BODY).hexdigest()
    assert check(webhook("github", "key"), {**github, "X-GitHub-Delivery": "d-1"}) == "d-1"
    mac = hmac.new(b"key", f"{int(NOW_S)}.".encode() + BODY, hashlib.sha256).hexdigest()
    stripe = {"Stripe-Signature": f"t={int(NOW_S)},v1={'0' * 64},v1={mac},v0=old"}
    assert check(webhook("stripe", "key"), stripe).startswith(f"{int(NOW_S)}.")


@pytest.mark.parametrize("scheme", ["standard", "github", "stripe"])
def test_every_scheme_accepts_any_of_its_keys_and_no_other(scheme: str) -> None:
    signed_with_old = sign(webhook(scheme, OLD), "m", BODY, now_s=NOW_S)
    assert check(webhook(scheme, NEW, OLD), signed_with_old)
    with pytest.raises(Unauthenticated, match="no signature fits"):
        check(webhook(scheme, NEW), signed_with_old)
    with pytest.raises(Unauthenticated, match="no signature fits"):
        check(webhook(scheme, OLD), signed_with_old, body=BODY + b" ")


@pytest.mark.parametrize("scheme", ["standard", "stripe"])
@pytest.mark.parametrize(("offset_s", "fresh"), [(-300, True), (300, True), (-301, False), (301, False)])
def test_the_clock_may_be_five_minutes_off(scheme: str, offset_s: int, fresh: bool) -> None:
    headers = sign(webhook(scheme), "m", BODY, now_s=NOW_S + offset_s)
    if fresh:
        check(webhook(scheme), headers)
    else:
        with pytest.raises(Unauthenticated, match="from ours"):
            check(webhook(scheme), headers)


def test_several_signatures_may_be_offered() -> None:
    headers = sign(webhook(), "m", BODY, now_s=NOW_S)
    headers["webhook-signature"] = "v1a,xyz v1,bm90IGl0 " + headers["webhook-signature"]
    assert check(webhook(), headers) == "m"


@given(
    st.sampled_from(["standard", "github", "stripe"]),
    st.dictionaries(
        st.sampled_from(
            ["webhook-id", "webhook-timestamp", "webhook-signature", "x-hub-signature-256", "stripe-signature"]
        ),
        st.text(max_size=40),
    ),
)
def test_no_headers_but_the_right_ones_pass_or_crash(scheme: str, headers: dict[str, str]) -> None:
    with pytest.raises(Unauthenticated):
        check(webhook(scheme), headers)
