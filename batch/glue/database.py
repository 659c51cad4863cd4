"""Transactions of the facade, and pages of its lists."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from contextlib import contextmanager

from clients.postgres import DatabaseUnavailable, Pool, Session
from core.errors import BadInput, DependencyUnavailable

WAIT_S = 5.0


@contextmanager
def transaction(pool: Pool) -> Iterator[Session]:
    """Run a block in one transaction; DependencyUnavailable while PostgreSQL is away."""
    try:
        with pool.connection(timeout=WAIT_S) as session, session.transaction():
            yield session
    except DatabaseUnavailable as error:
        raise DependencyUnavailable("PostgreSQL does not answer", code="postgres_unavailable") from error


def next_token(offset: int) -> str:
    """Return the token of the page that begins there."""
    return base64.urlsafe_b64encode(str(offset).encode()).decode()


def offset_of(token: str | None) -> int:
    """Return where the page of a token begins; BadInput when it is none of ours."""
    if token is None:
        return 0
    try:
        offset = int(base64.b64decode(token, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error) as error:
        raise BadInput("NextToken is not one that we gave") from error
    if offset < 0:
        raise BadInput("NextToken is not one that we gave")
    return offset
