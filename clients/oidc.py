"""An OpenID provider as its client sees it: discovery, authorization code with PKCE, and ID tokens by its keys.

OpenID Connect Core 1.0 section 3.1, Discovery 1.0, RP-Initiated Logout 1.0, RFC 7636 (PKCE, S256 only).
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode, urlsplit

import httpx
import jwt

from clients.http import trusted
from core.errors import ConfigurationError, DependencyUnavailable, Unauthenticated
from core.settings import Settings

# Signatures by a key pair only: with a shared secret whoever verifies could sign as well.
ALGORITHMS = ("RS256", "PS256", "ES256")
CLOCK_SKEW_S = 60
TIMEOUT_S = 10.0
METADATA_LIFETIME_S = 3600.0
# A key that we do not know makes us ask again, but not for every forged token.
KEYS_AT_MOST_EVERY_S = 5.0
REQUIRED = ["iss", "sub", "aud", "exp", "iat"]
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

Claims = dict[str, Any]
Value = TypeVar("Value")


class OidcProvider:
    """One provider and our registration with it; methods raise DependencyUnavailable while it does not answer."""

    def __init__(self, settings: Settings, *, http: httpx.AsyncClient | None = None) -> None:
        if settings.oidc_issuer is None:
            raise ConfigurationError("TIPLINE_OIDC_ISSUER names no provider for single sign-on.")
        self._issuer = settings.oidc_issuer
        self._client_id = settings.oidc_client_id
        self._secret = settings.oidc_client_secret.get_secret_value()
        self._may_be_plain = settings.mode == "demo"
        self._must_be_secure(self._issuer)
        self._http = http or httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False, verify=trusted(settings))
        self._metadata: Cached[Claims] = Cached(METADATA_LIFETIME_S)
        self._keys: Cached[dict[str, jwt.PyJWK]] = Cached(METADATA_LIFETIME_S)

    async def authorization_url(self, *, state: str, nonce: str, verifier: str, redirect_uri: str) -> str:
        """Return where to send the browser for a log-in."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        query = {
            "response_type": "code",
            "scope": "openid profile",
            "client_id": self._client_id,
            "redirect_uri": redirect_uri,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return _with_query(await self._endpoint("authorization_endpoint"), query)

    async def logout_url(self, *, back_to: str) -> str | None:
        """Return where to send the browser to end the provider's session too, if the provider offers that."""
        if "end_session_endpoint" not in await self._discovered():
            return None
        query = {"client_id": self._client_id, "post_logout_redirect_uri": back_to}
        return _with_query(await self._endpoint("end_session_endpoint"), query)

    async def redeem(self, code: str, *, verifier: str, nonce: str, redirect_uri: str) -> Claims:
        """Exchange a code, from server to server, for verified claims; Unauthenticated when it is refused."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        url = await self._endpoint("token_endpoint")
        reply = await self._send("POST", url, data=form, auth=httpx.BasicAuth(self._client_id, self._secret))
        token = reply.json().get("id_token") if reply.is_success else None
        if not isinstance(token, str):
            raise Unauthenticated("the provider refused the log-in", code="sign_on_refused")
        claims = await self.verify(token)
        if not hmac.compare_digest(str(claims.get("nonce", "")), nonce):
            raise Unauthenticated("the ID token is of another log-in", code="sign_on_refused")
        return claims

    async def verify(self, token: str) -> Claims:
        """Return the claims of a token that the provider signed for us and that is valid now, give or take the skew."""
        key = await self._key_of(token)
        try:
            claims: Claims = jwt.decode(
                token,
                key,
                algorithms=list(ALGORITHMS),
                audience=self._client_id,
                issuer=self._issuer,
                leeway=CLOCK_SKEW_S,
                options={"require": REQUIRED},
            )
        except jwt.InvalidTokenError as error:
            raise Unauthenticated("the provider's token is not valid", code="bad_token") from error
        if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != self._client_id:
            raise Unauthenticated("the provider's token is for another client", code="bad_token")
        return claims

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _key_of(self, token: str) -> jwt.PyJWK:
        """Return the key that a token names; a name that is new may mean that the provider has changed its keys."""
        try:
            key_id = jwt.get_unverified_header(token).get("kid", "")
        except jwt.InvalidTokenError as error:
            raise Unauthenticated("the provider's token cannot be read", code="bad_token") from error
        keys = await self._keys.get(self._fetch_keys)
        if key_id not in keys:
            keys = await self._keys.get(self._fetch_keys, at_most_age_s=KEYS_AT_MOST_EVERY_S)
        if key_id not in keys:
            raise Unauthenticated("the provider's token is signed by an unknown key", code="bad_token")
        return keys[key_id]

    async def _fetch_keys(self) -> dict[str, jwt.PyJWK]:
        found = await self._fetch_json(await self._endpoint("jwks_uri"))
        signing = [one for one in found.get("keys", ()) if one.get("use", "sig") == "sig" and one.get("kty") != "oct"]
        try:
            keys = jwt.PyJWKSet.from_dict({"keys": signing}).keys
        except (jwt.PyJWKSetError, jwt.PyJWKError) as error:
            raise DependencyUnavailable("the provider publishes no usable keys", code="oidc_unavailable") from error
        return {key.key_id or "": key for key in keys}

    async def _endpoint(self, name: str) -> str:
        address = str((await self._discovered()).get(name, ""))
        self._must_be_secure(address)
        return address

    async def _discovered(self) -> Claims:
        return await self._metadata.get(self._discover)

    async def _discover(self) -> Claims:
        found = await self._fetch_json(self._issuer.rstrip("/") + "/.well-known/openid-configuration")
        if found.get("issuer") != self._issuer:
            raise DependencyUnavailable("the provider does not call itself TIPLINE_OIDC_ISSUER", code="oidc_issuer")
        return found

    async def _fetch_json(self, url: str) -> Claims:
        reply = await self._send("GET", url)
        try:
            found = reply.raise_for_status().json()
        except (httpx.HTTPStatusError, ValueError) as error:
            raise DependencyUnavailable("the provider's answer is not understood", code="oidc_unavailable") from error
        return found if isinstance(found, dict) else {}

    async def _send(self, method: str, url: str, **options: Any) -> httpx.Response:
        try:
            return await self._http.request(method, url, headers={"Accept": "application/json"}, **options)
        except httpx.HTTPError as error:
            raise DependencyUnavailable("the provider does not answer", code="oidc_unavailable") from error

    def _must_be_secure(self, address: str) -> None:
        """Raise unless an address of the provider is https; a demo's on the loopback may be plain."""
        parts = urlsplit(address)
        plain = parts.scheme == "http" and parts.hostname in LOOPBACK and self._may_be_plain
        if parts.scheme != "https" and not plain:
            raise ConfigurationError(f"the provider's address {address!r} must begin with https://.")


class Cached(Generic[Value]):
    """One value, fetched again when it is too old; those who come meanwhile wait for the same fetch."""

    def __init__(self, lifetime_s: float) -> None:
        self._lifetime_s = lifetime_s
        self._lock = asyncio.Lock()
        self._value: Value | None = None
        self._fetched_at_s = 0.0

    async def get(self, fetch: Callable[[], Awaitable[Value]], *, at_most_age_s: float | None = None) -> Value:
        """Return the value if it is no older than that, by default than its lifetime; else what `fetch` returns."""
        oldest_s = self._lifetime_s if at_most_age_s is None else at_most_age_s
        async with self._lock:
            if self._value is None or time.monotonic() - self._fetched_at_s > oldest_s:
                self._value = await fetch()
                self._fetched_at_s = time.monotonic()
            return self._value


def _with_query(address: str, query: Mapping[str, str]) -> str:
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(query)}"
