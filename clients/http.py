"""Whom our HTTP clients trust: the one place that makes their TLS contexts."""

from __future__ import annotations

import ssl
from typing import Literal

from core.settings import Settings


def trusted(settings: Settings) -> ssl.SSLContext | Literal[True]:
    """Return httpx's `verify`: the CAs of `ca_file`, or those that the library knows; never nobody."""
    return ssl.create_default_context(cafile=settings.ca_file) if settings.ca_file is not None else True
