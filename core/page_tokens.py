"""Tokens of AWS-style lists: where a page begins, opaque to callers."""

from __future__ import annotations

import base64
import binascii

from core.errors import BadInput


def next_token(offset: int) -> str:
    """Return the token of the page that begins there."""
    return base64.urlsafe_b64encode(str(offset).encode()).decode()


def offset_of(token: str | None) -> int:
    """Return where the page of a token begins, 0 without one; BadInput when it is none of ours."""
    try:
        offset = int(base64.b64decode(token, altchars=b"-_", validate=True)) if token is not None else 0
    except (ValueError, binascii.Error):
        offset = -1
    if not 0 <= offset < 2**63:
        raise BadInput("NextToken is not one that we gave")
    return offset
