"""Fetching one feed: conditional, bounded in size and time, and only ever from the host that was configured.

The address a name resolves to is checked and then used as it is, so that a second, different resolution (DNS
rebinding) cannot lead inside the network. Proxies of the environment are not used: they would resolve names themselves.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

import httpx

from core.clock import utc_now
from core.errors import BadInput, DependencyUnavailable, Forbidden, PayloadTooLarge, RateLimited, TiplineError
from streaming.sources import Feed

FETCH_WITHIN_S = 30.0
MAX_REDIRECTS = 3
MAX_RETRY_AFTER_S = 24 * 3600.0
USER_AGENT = "tipline-poller/1"
# All that is public in IPv6, and where a gateway translates to the IPv4 address in the last four bytes.
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
ACCEPT = "application/feed+json, application/rss+xml, application/atom+xml, application/xml;q=0.9, */*;q=0.5"


@dataclass(frozen=True, slots=True)
class Validators:
    """What the feed's server gave us to ask "has it changed?"."""

    etag: str | None = None
    last_modified: str | None = None

    def headers(self) -> dict[str, str]:
        """Return the conditional request headers, less what only a server may write: headers of ours are ASCII."""
        given = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in given.items() if value and value.isascii()}


@dataclass(frozen=True, slots=True)
class Fetched:
    """A feed as it is now; `body` is None when it has not changed."""

    validators: Validators
    body: bytes | None = field(default=None, repr=False)
    content_type: str | None = None


async def fetch(feed: Feed, validators: Validators, *, limit_bytes: int) -> Fetched:
    """Get a feed if it changed.

    Raises:
        Forbidden: it leads to another host, or to a private address that is not allowed.
        PayloadTooLarge: it is larger than `limit_bytes`.
        RateLimited: its server asks to wait `retry_after_s`.
        DependencyUnavailable: its server does not answer, or answers with an error.
    """
    try:
        async with asyncio.timeout(FETCH_WITHIN_S):
            async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
                return await _follow(client, feed, validators, limit_bytes)
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError) as error:
        raise DependencyUnavailable(f"the feed's server does not answer: {type(error).__name__}") from error


async def _follow(client: httpx.AsyncClient, feed: Feed, validators: Validators, limit_bytes: int) -> Fetched:
    url = httpx.URL(feed.url)
    for _ in range(MAX_REDIRECTS + 1):
        request = await _request(client, url, feed, validators)
        response = await client.send(request, stream=True)
        try:
            if not response.has_redirect_location:
                return await _read(response, validators, limit_bytes)
            target = url.join(response.headers["location"])
        finally:
            await response.aclose()
        if target.host != url.host or target.scheme not in (url.scheme, "https"):
            raise Forbidden("the feed redirects to another host", code="foreign_redirect")
        url = target
    raise DependencyUnavailable("the feed redirects without end")


async def _request(client: httpx.AsyncClient, url: httpx.URL, feed: Feed, validators: Validators) -> httpx.Request:
    address = await _address(url, allow_private=feed.allow_private)
    return client.build_request(
        "GET",
        url.copy_with(host=address),
        headers={
            "Host": url.netloc.decode(),
            "User-Agent": USER_AGENT,
            "Accept": ACCEPT,
            **validators.headers(),
        },
        # The certificate is the name's, not the address's.
        extensions={"sni_hostname": url.host},
    )


async def _address(url: httpx.URL, *, allow_private: bool) -> str:
    """Resolve a host and return one address; Forbidden when any of them is not public and that is not allowed."""
    loop = asyncio.get_running_loop()
    port = url.port or (443 if url.scheme == "https" else 80)
    found = await loop.getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    if not allow_private and not all(is_public(address) for address in addresses):
        raise Forbidden("the feed's host is inside the network: set allow_private to read it", code="private_address")
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, also when it is an IPv4 address in IPv6 clothes."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        inner = _inner_ipv4(parsed)
        if inner is None:
            return parsed in _GLOBAL_UNICAST and parsed.is_global
        parsed = inner
    return parsed.is_global and not parsed.is_multicast


def _inner_ipv4(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address in _NAT64:
        return ipaddress.IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour


async def _read(response: httpx.Response, validators: Validators, limit_bytes: int) -> Fetched:
    if response.status_code == httpx.codes.NOT_MODIFIED:
        return Fetched(validators)
    if response.status_code != httpx.codes.OK:
        raise _refusal(response)
    chunks: list[bytes] = []
    size_bytes = 0
    async for chunk in response.aiter_bytes():
        size_bytes += len(chunk)
        if size_bytes > limit_bytes:
            raise PayloadTooLarge(f"the feed is larger than {limit_bytes} bytes")
        chunks.append(chunk)
    fresh = Validators(response.headers.get("etag"), response.headers.get("last-modified"))
    return Fetched(fresh, b"".join(chunks), response.headers.get("content-type"))


def _refusal(response: httpx.Response) -> TiplineError:
    status, wait_s = response.status_code, _retry_after_s(response.headers.get("retry-after"))
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return RateLimited("the feed's server asks us to wait", retry_after_s=wait_s)
    if 400 <= status < 500:
        return BadInput(f"the feed's server answers {status}", code="feed_refused")
    return DependencyUnavailable(f"the feed's server answers {status}", retry_after_s=wait_s)


def _retry_after_s(value: str | None) -> float | None:
    """Read Retry-After, seconds or a date; None when there is none that makes sense."""
    if not value:
        return None
    try:
        wait_s = float(value) if value.isdigit() else (parsedate_to_datetime(value) - utc_now()).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(wait_s, 0.0), MAX_RETRY_AFTER_S)
