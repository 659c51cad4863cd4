"""A person's preferences: one versioned document, changed only by who knows its present version."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Literal
from zoneinfo import available_timezones

from fastapi import APIRouter, Header, Response
from pydantic import AfterValidator, BaseModel, ConfigDict

from api.audit import record
from api.authentication import PrincipalDep
from api.fields import ShortText
from api.principal import Principal
from api.services import ServicesDep
from clients.postgres import AsyncSession, Jsonb
from core.errors import PreconditionFailed, PreconditionRequired

router = APIRouter(prefix="/me/preferences", tags=["preferences"])

_READ = "SELECT version, settings FROM preferences WHERE rm_id = %s"
# Two statements of one meaning: version 0 is the absence of a row.
_CREATE = (
    "INSERT INTO preferences (rm_id, version, settings) VALUES (%s, 1, %s) ON CONFLICT DO NOTHING RETURNING version"
)
_REPLACE = """
    UPDATE preferences SET version = version + 1, settings = %s, changed_at = clock_timestamp()
    WHERE rm_id = %s AND version = %s RETURNING version
"""


@cache
def _zones() -> set[str]:
    return available_timezones()


def _known_zone(name: str) -> str:
    if name not in _zones():
        raise ValueError("not a time zone of the IANA database")
    return name


class Preferences(BaseModel):
    """How a person wants the page; times are shown in `time_zone`, null for the browser's."""

    model_config = ConfigDict(extra="forbid")

    sound: bool = True
    desktop_notifications: bool = False
    hide_amounts: bool = False
    theme: Literal["system", "light", "dark"] = "system"
    density: Literal["comfortable", "compact"] = "comfortable"
    time_zone: Annotated[ShortText, AfterValidator(_known_zone)] | None = None


@router.get("", operation_id="readPreferences")
async def read_preferences(principal: PrincipalDep, services: ServicesDep, response: Response) -> Preferences:
    """Read the caller's preferences; the `ETag` names their version."""
    async with services.pool.connection() as session:
        row = await (await session.execute(_READ, (principal.rm_id,))).fetchone()
    response.headers["ETag"] = etag(row["version"] if row else 0)
    return Preferences.model_validate(row["settings"]) if row else Preferences()


@router.put("", operation_id="replacePreferences")
async def replace_preferences(
    wanted: Preferences,
    principal: PrincipalDep,
    services: ServicesDep,
    response: Response,
    if_match: Annotated[str | None, Header(max_length=64)] = None,
) -> Preferences:
    """Replace the caller's preferences; `If-Match` holds the ETag they were read with, 412 when they changed since."""
    if if_match is None:
        raise PreconditionRequired("send If-Match with the ETag that the preferences were read with")
    async with services.pool.connection() as session, session.transaction():
        version = await _write(session, principal, wanted, if_match.strip())
        await record(session, principal, "preferences.changed")
    response.headers["ETag"] = etag(version)
    return wanted


def etag(version: int) -> str:
    """Return the entity tag of a version."""
    return f'"{version}"'


async def _write(session: AsyncSession, principal: Principal, wanted: Preferences, tag: str) -> int:
    row = await (await session.execute(_READ, (principal.rm_id,))).fetchone()
    known = row["version"] if row else 0
    if tag not in (etag(known), "*"):
        raise _changed()
    settings = Jsonb(wanted.model_dump(mode="json"))
    if row is None:
        written = await (await session.execute(_CREATE, (principal.rm_id, settings))).fetchone()
    else:
        written = await (await session.execute(_REPLACE, (settings, principal.rm_id, known))).fetchone()
    if written is None:
        raise _changed()
    return int(written["version"])


def _changed() -> PreconditionFailed:
    return PreconditionFailed("the preferences were changed since; read them again")
