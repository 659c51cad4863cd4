"""Which tokens of a provider count, and when its keys are asked for again; the whole log-in is an integration test."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from clients import oidc
from clients.oidc import OidcProvider
from core.errors import ConfigurationError, DependencyUnavailable, Unauthenticated
from core.settings import Settings

ISSUER = "https://login.bank.example"
NONCE = "n" * 43


class Provider:
    """What the provider answers, and how often it was asked for its keys."""

    def __init__(self) -> None:
        self.issuer = ISSUER
        self.keys: dict[str, Any] = {}
        self.asked = 0
        self.id_token = ""
        self.status = 200
        self.rotate("first")

    def rotate(self, key_id: str) -> None:
        self.keys[key_id] = ec.generate_private_key(ec.SECP256R1())
        self.newest = key_id

    def sign(self, **changes: Any) -> str:
        now = int(time.time())
        claims = {"iss": ISSUER, "sub": "ann", "aud": "tipline", "iat": now, "exp": now + 60, "nonce": NONCE, **changes}
        claims = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(claims, self.keys[self.newest], algorithm="ES256", headers={"kid": self.newest})

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/.well-known/openid-configuration":
            endpoints = {"token_endpoint": "token", "jwks_uri": "keys", "authorization_endpoint": "authorize"}
            found = {name: f"{ISSUER}/{path}" for name, path in endpoints.items()}
            return httpx.Response(200, json={"issuer": self.issuer, **found})
        if request.url.path == "/keys":
            self.asked += 1
            return httpx.Response(200, json={"keys": [_public(name, key) for name, key in self.keys.items()]})
        return httpx.Response(self.status, json={"id_token": self.id_token})


def _signed_by_secret(claims: dict[str, Any], secret: bytes) -> str:
    """Sign as HS256, which PyJWT itself refuses to do with such a secret."""
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256", "kid": "first"}, claims)]
    unsigned = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    signature = base64.urlsafe_b64encode(hmac.digest(secret, unsigned, "sha256")).rstrip(b"=")
    return b".".join([unsigned, signature]).decode()


def _public(key_id: str, key: Any) -> dict[str, Any]:
    algorithm = RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else ECAlgorithm
    return {**json.loads(algorithm.to_jwk(key.public_key())), "kid": key_id, "use": "sig"}


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def ours(provider: Provider) -> OidcProvider:
    http = httpx.AsyncClient(transport=httpx.MockTransport(provider.answer))
    return OidcProvider(Settings(oidc_issuer=ISSUER), http=http)


async def test_a_token_that_the_provider_signed_for_us_now_counts(provider: Provider, ours: OidcProvider) -> None:
    assert (await ours.verify(provider.sign()))["sub"] == "ann"
    assert (await ours.verify(provider.sign(aud=["tipline"])))["sub"] == "ann"
    assert (await ours.verify(provider.sign(aud=["tipline", "other"], azp="tipline")))["sub"] == "ann"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"}, {"aud": "another"}, {"aud": None}, {"sub": None}, {"iat": None}, {"exp": None},
        {"exp": int(time.time()) - oidc.CLOCK_SKEW_S - 5}, {"nbf": int(time.time()) + 3600},
        {"aud": ["tipline", "other"]}, {"aud": ["tipline", "other"], "azp": "other"},
    ],
)  # fmt: skip
async def test_a_token_for_others_of_others_or_of_another_time_does_not(
    provider: Provider, ours: OidcProvider, changes: dict[str, Any]
) -> None:
    with pytest.raises(Unauthenticated):
        await ours.verify(provider.sign(**changes))


async def test_a_clock_may_be_a_little_off(provider: Provider, ours: OidcProvider) -> None:
    late = {"exp": int(time.time()) - oidc.CLOCK_SKEW_S + 10}
    early = {"nbf": int(time.time()) + oidc.CLOCK_SKEW_S - 10}
    for changes in (late, early):
        assert (await ours.verify(provider.sign(**changes)))["sub"] == "ann"


async def test_a_token_that_chooses_its_own_algorithm_or_key_does_not_count(
    provider: Provider, ours: OidcProvider
) -> None:
    claims = jwt.decode(provider.sign(), options={"verify_signature": False})
    stolen = ec.generate_private_key(ec.SECP256R1())
    public = json.dumps(_public("first", provider.keys["first"]))
    forged = [
        jwt.encode(claims, "", algorithm="none", headers={"kid": "first"}),
        # The public key as if it were a shared secret.
        _signed_by_secret(claims, public.encode()),
        jwt.encode(claims, stolen, algorithm="ES256", headers={"kid": "first"}),
        jwt.encode(claims, stolen, algorithm="ES256", headers={"kid": "unknown"}),
        jwt.encode(claims, stolen, algorithm="ES256"),
        "not a token",
    ]
    for token in forged:
        with pytest.raises(Unauthenticated):
            await ours.verify(token)


async def test_new_keys_are_found_and_forged_ones_do_not_make_us_ask_for_each(
    provider: Provider, ours: OidcProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now_s)
    await ours.verify(provider.sign())
    provider.rotate("second")
    with pytest.raises(Unauthenticated):
        await ours.verify(provider.sign())
    assert provider.asked == 1
    now_s += oidc.KEYS_AT_MOST_EVERY_S + 1
    assert (await ours.verify(provider.sign()))["sub"] == "ann"
    provider.newest = "first"
    assert (await ours.verify(provider.sign()))["sub"] == "ann"
    assert provider.asked == 2


async def test_a_code_gives_claims_of_the_log_in_that_was_begun_only(provider: Provider, ours: OidcProvider) -> None:
    asked = {"verifier": "v" * 43, "redirect_uri": "https://us.example/back"}
    provider.id_token = provider.sign()
    assert (await ours.redeem("code", nonce=NONCE, **asked))["sub"] == "ann"
    with pytest.raises(Unauthenticated):
        await ours.redeem("code", nonce="m" * 43, **asked)
    provider.id_token = provider.sign(nonce=None)
    with pytest.raises(Unauthenticated):
        await ours.redeem("code", nonce=NONCE, **asked)
    provider.status = 400
    with pytest.raises(Unauthenticated):
        await ours.redeem("code", nonce=NONCE, **asked)


async def test_a_provider_that_calls_itself_otherwise_is_not_believed(provider: Provider, ours: OidcProvider) -> None:
    provider.issuer = "https://evil.example"
    with pytest.raises(DependencyUnavailable):
        await ours.verify(provider.sign())


def _refuse(_request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused")


@pytest.mark.parametrize(
    "answer", [_refuse, lambda _: httpx.Response(500), lambda _: httpx.Response(200, text="<html>")]
)
async def test_a_provider_that_is_away_is_a_dependency_that_is_away(
    provider: Provider, answer: Callable[[httpx.Request], httpx.Response]
) -> None:
    http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    with pytest.raises(DependencyUnavailable):
        await OidcProvider(Settings(oidc_issuer=ISSUER), http=http).verify(provider.sign())


@pytest.mark.parametrize(
    ("mode", "issuer", "allowed"),
    [
        ("demo", "http://127.0.0.1:9000", True),
        ("demo", "http://login.bank.example", False),
        ("production", "http://127.0.0.1:9000", False),
        ("production", "https://login.bank.example", True),
    ],
)
async def test_only_a_demos_provider_on_the_loopback_may_be_plain(mode: str, issuer: str, allowed: bool) -> None:
    settings = Settings.model_validate({"mode": mode, "oidc_issuer": issuer})
    if allowed:
        await OidcProvider(settings).close()
    else:
        with pytest.raises(ConfigurationError, match="https"):
            OidcProvider(settings)
