"""AWS Signature Version 4 on the server's side: the one place that verifies, with botocore's own canonical form."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from botocore.auth import SIGV4_TIMESTAMP, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from core.errors import Forbidden
from core.settings import Settings

ALGORITHM = "AWS4-HMAC-SHA256"
MAX_CLOCK_SKEW = timedelta(minutes=5)
MUST_BE_SIGNED = frozenset({"host", "x-amz-date"})


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose a key is: a person or a service, and the role it acts in."""

    user: str
    role: str


@dataclass(frozen=True, slots=True)
class Key:
    """A secret access key, and who holds it."""

    secret: str
    holder: Holder


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """What a signature covers: method, undecoded path and query, headers with lower-case names, body."""

    method: str
    raw_path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    @classmethod
    def of_asgi(cls, scope: MutableMapping[str, Any], body: bytes) -> SignedRequest:
        """Read an ASGI request as it was sent; a header that came several times has its values joined by commas."""
        headers: dict[str, str] = {}
        for name, value in ((raw.decode("latin-1"), text.decode("latin-1")) for raw, text in scope["headers"]):
            headers[name] = f"{headers[name]},{value}" if name in headers else value
        return cls(
            method=scope["method"],
            raw_path=scope["raw_path"].decode("ascii", "replace"),
            query=scope["query_string"].decode("ascii", "replace"),
            headers=headers,
            body=body,
        )


class KeyRing:
    """Access keys from `keys.json` beside the shared credentials file; a changed file counts from the next request."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int] | None = None
        self._keys: dict[str, Key] = {}

    @classmethod
    def of(cls, settings: Settings) -> KeyRing:
        """Return the ring of this installation."""
        return cls(settings.aws_shared_credentials_file.with_name("keys.json"))

    def get(self, access_key_id: str) -> Key | None:
        """Return the key, or None when nobody has that id."""
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return None
        stamp = (status.st_mtime_ns, status.st_ino)
        if stamp != self._stamp:
            entries = json.loads(self._path.read_text())
            self._keys = {
                key_id: Key(entry["secret"], Holder(entry.get("user", entry["role"]), entry["role"]))
                for key_id, entry in entries.items()
            }
            self._stamp = stamp
        return self._keys.get(access_key_id)


@dataclass(frozen=True, slots=True)
class Verifier:
    """Checks requests of one service in one region against a key ring."""

    keys: KeyRing
    region: str
    service: str = "sagemaker"

    def verify(self, request: SignedRequest, now: datetime) -> Holder:
        """Return the caller; Forbidden with AWS's error code when the signature is missing, stale or wrong."""
        claim = _parse_authorization(request.headers.get("authorization", ""))
        scope = claim.scope.split("/")
        if len(scope) != 4 or scope[1:] != [self.region, self.service, "aws4_request"]:
            raise Forbidden(
                f"the credential scope must be DATE/{self.region}/{self.service}/aws4_request",
                code="InvalidSignatureException",
            )
        key = self.keys.get(claim.access_key_id)
        if key is None:
            raise Forbidden("the access key id is unknown", code="UnrecognizedClientException")
        stamp = _check_time(request.headers.get("x-amz-date", ""), scope[0], now)
        _check_stated_hash(request)
        try:
            expected = self._signature(request, claim, key, stamp)
        except ValueError:
            raise Forbidden("the request's address cannot be read", code="InvalidSignatureException") from None
        if not hmac.compare_digest(expected.encode(), claim.signature.encode()):
            raise Forbidden("the signature does not match the request", code="InvalidSignatureException")
        return key.holder

    def _signature(self, request: SignedRequest, claim: _Claim, key: Key, stamp: str) -> str:
        host = request.headers.get("host", "")
        url = f"http://{host}{request.raw_path}" + (f"?{request.query}" if request.query else "")
        signed = {name: request.headers.get(name, "") for name in claim.signed_headers}
        aws_request = AWSRequest(method=request.method, url=url, headers=signed, data=request.body)
        aws_request.context["timestamp"] = stamp
        signer = SigV4Auth(Credentials(claim.access_key_id, key.secret), self.service, self.region)
        canonical = signer.canonical_request(aws_request)
        signature: str = signer.signature(signer.string_to_sign(aws_request, canonical), aws_request)
        return signature


@dataclass(frozen=True, slots=True)
class _Claim:
    access_key_id: str
    scope: str
    signed_headers: tuple[str, ...]
    signature: str


def _parse_authorization(header: str) -> _Claim:
    algorithm, _, rest = header.partition(" ")
    parts = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    if algorithm != ALGORITHM or not {"Credential", "SignedHeaders", "Signature"} <= parts.keys():
        raise Forbidden(
            "the request is not signed with AWS Signature Version 4", code="MissingAuthenticationTokenException"
        )
    access_key_id, _, scope = parts["Credential"].partition("/")
    names = tuple(parts["SignedHeaders"].lower().split(";"))
    if not set(names) >= MUST_BE_SIGNED:
        raise Forbidden("host and x-amz-date must be among the signed headers", code="InvalidSignatureException")
    return _Claim(access_key_id, scope, names, parts["Signature"])


def _check_stated_hash(request: SignedRequest) -> None:
    """A hash that the caller states is signed in place of the body's own: unless they agree, any body would pass."""
    stated = request.headers.get("x-amz-content-sha256")
    if stated is not None and stated != hashlib.sha256(request.body).hexdigest():
        raise Forbidden("x-amz-content-sha256 is not the body's hash", code="InvalidSignatureException")


def _check_time(stamp: str, scope_date: str, now: datetime) -> str:
    try:
        signed_at = datetime.strptime(stamp, SIGV4_TIMESTAMP).replace(tzinfo=UTC)
    except ValueError:
        raise Forbidden("x-amz-date is missing or malformed", code="InvalidSignatureException") from None
    if abs(now - signed_at) > MAX_CLOCK_SKEW or not stamp.startswith(scope_date):
        raise Forbidden("the signature is too old or from the future", code="RequestTimeTooSkewedException")
    return stamp
