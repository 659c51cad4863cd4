"""Is this process alive, is it ready, and which version is it: for supervisors, not for people."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel

from api import problems
from api.frames import SUBPROTOCOL
from api.services import ServicesDep
from clients.postgres import DatabaseError
from clients.redis import RedisError

CHECK_TIMEOUT_S = 1.0
PROJECT = Path(__file__).parents[1] / "pyproject.toml"

router = APIRouter(tags=["operation"])

_SCHEMA = "SELECT max(name) AS name FROM schema_migrations"


class Liveness(BaseModel):
    """The process answers."""

    status: str = "alive"


class Readiness(BaseModel):
    """Each server behind the gateway: `ok`, or in a word why not."""

    postgres: str
    redis: str


class Version(BaseModel):
    """The release, the newest migration in the database, and the WebSocket contract."""

    version: str
    database_schema: str | None
    stream: str = SUBPROTOCOL


class ProblemKind(BaseModel):
    """What a kind of problem means."""

    kind: str
    meaning: str


@router.get("/livez", operation_id="livez")
async def livez() -> Liveness:
    """Answer that the process lives."""
    return Liveness()


@router.get("/readyz", operation_id="readyz", responses={503: {"model": Readiness}})
async def readyz(services: ServicesDep, response: Response) -> Readiness:
    """Check PostgreSQL and Redis, each within a second; 503 unless both answer."""

    async def ask_postgres() -> None:
        async with services.pool.connection() as session:
            await session.execute("SELECT 1")

    async def ask_redis() -> None:
        await services.redis.get("ready")

    postgres, redis = await asyncio.gather(_check(ask_postgres), _check(ask_redis))
    if (postgres, redis) != ("ok", "ok"):
        response.status_code = 503
    return Readiness(postgres=postgres, redis=redis)


@router.get(
    "/metrics",
    operation_id="readMetrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def read_metrics(services: ServicesDep) -> Response:
    """Return what this process counted, in Prometheus' text format."""
    services.metrics.sockets.set(services.hub.open_sockets)
    return Response(services.metrics.exposition(), media_type="text/plain; version=0.0.4; charset=utf-8")


@router.get("/version", operation_id="readVersion")
async def read_version(services: ServicesDep) -> Version:
    """Return what runs here."""
    async with services.pool.connection() as session:
        row = await (await session.execute(_SCHEMA)).fetchone()
    return Version(version=release(), database_schema=row["name"] if row else None)


@router.get("/api/v1/problems/{kind}", operation_id="describeProblem")
async def describe_problem(kind: str) -> ProblemKind:
    """Explain a kind of problem: where the `type` of every error points."""
    return ProblemKind(kind=kind, meaning=problems.describe(kind))


def release() -> str:
    """Return the project's version, which pyproject.toml alone holds."""
    project: dict[str, Any] = tomllib.loads(PROJECT.read_text())["project"]
    return str(project["version"])


async def _check(ask: Callable[[], Awaitable[None]]) -> str:
    try:
        async with asyncio.timeout(CHECK_TIMEOUT_S):
            await ask()
    except TimeoutError:
        return "does not answer in time"
    except (DatabaseError, RedisError, OSError) as error:
        return type(error).__name__
    return "ok"
