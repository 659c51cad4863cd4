"""Whom our HTTP and WebSocket clients trust: the one place that makes their TLS contexts."""

from __future__ import annotations

import ssl
from typing import Literal

from core.settings import Settings


def trusted(settings: Settings) -> ssl.SSLContext | Literal[True]:
    """Return httpx's `verify`: the CAs of `ca_file`, or those that the library knows; never nobody."""
    return ssl.create_default_context(cafile=settings.ca_file) if settings.ca_file is not None else True


def trusted_socket(settings: Settings, url: str) -> ssl.SSLContext | None:
    """Return the `ssl` of a WebSocket client to this address, by the same trust; None where it speaks no TLS."""
    if not url.startswith(("https:", "wss:")):
        return None
    return ssl.create_default_context(cafile=settings.ca_file)
