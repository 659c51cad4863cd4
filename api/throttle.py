"""The limit on requests per person, as a dependency of every route that has a person."""

from __future__ import annotations

from fastapi import Request

from api.authentication import PrincipalDep
from api.services import ServicesDep
from core.errors import RateLimited


async def throttle(request: Request, principal: PrincipalDep, services: ServicesDep) -> None:
    """Count a request; RateLimited when the person has none left. The shell adds the fields to whatever is answered."""
    taken = await services.rate_limit.take(principal.rm_id)
    if taken is None:
        return
    request.state.rate_limit = taken.headers
    if not taken.allowed:
        services.metrics.limited.inc()
        raise RateLimited("too many requests; slow down", retry_after_s=taken.retry_after_s)
