"""What has landed in bronze: each new version of an object becomes one row of `landed_files`."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import takewhile

from batch.landing.layout import KINDS, MANIFEST_SUFFIX, Place, parse_key
from clients.postgres import Session, transaction
from clients.s3 import Object, Store
from core.errors import BadInput, ConfigurationError
from core.events import NAMESPACE
from core.logs import get_logger
from core.settings import Settings

LANDED, WAITING = "landed", "waiting"
log = get_logger(__name__)

_FIELDS = "file_id, bucket, key, version_id, kind, as_of_date, size_bytes, status, manifest_version"
# A file that failed is tried again only with another manifest; one that was loaded is left alone.
_REGISTER = f"""
INSERT INTO landed_files ({_FIELDS}, reason)
SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::date[], %s::bigint[], %s::text[],
                     %s::text[], %s::text[])
ON CONFLICT (file_id) DO UPDATE
SET status = EXCLUDED.status, manifest_version = EXCLUDED.manifest_version, reason = EXCLUDED.reason
WHERE (landed_files.status IN ('waiting', 'landed')
       AND (landed_files.status, landed_files.manifest_version)
           IS DISTINCT FROM (EXCLUDED.status, EXCLUDED.manifest_version))
   OR (landed_files.status = 'failed' AND landed_files.manifest_version IS DISTINCT FROM EXCLUDED.manifest_version)
"""  # noqa: S608 - _FIELDS is a constant


@dataclass(frozen=True, slots=True)
class LandedFile:
    """One version of a file in bronze; `manifest_version` is the version of the manifest that it has to agree with."""

    file_id: str
    bucket: str
    key: str
    version_id: str
    kind: str
    as_of_date: date
    size_bytes: int
    status: str
    manifest_version: str | None = None


@dataclass(frozen=True, slots=True)
class Stray:
    """An object whose key follows no layout that we know, and why; nobody reads it."""

    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class Listing:
    """The newest versions in bronze: data files, the manifests by their keys, and strays."""

    files: list[tuple[Place, Object]]
    manifests: dict[str, Object]
    strays: list[Stray]


def sync_landed(
    session: Session, store: Store, settings: Settings, dates: Collection[date] | None = None
) -> list[LandedFile]:
    """Register new versions in bronze and return the newest version of every file of these dates, by default of all.

    Those already loaded or failed come too: their `status` says so. A file waits for its manifest where one is
    required. A manifest belongs to the version that was there when it came, so it has to be written after its file.
    """
    bucket = settings.bronze_bucket
    if not store.is_versioned(bucket):
        raise ConfigurationError(f"Bucket {bucket} is not versioned, so a file could change unseen: enable versioning.")
    listing = list_bronze(store, bucket, dates)
    if listing.strays:
        # Not the keys: whoever misplaced a file may have put a client's name in its path.
        log.warning("strays_found", count=len(listing.strays), shown_by="tipline positions strays")
    required = settings.landing_manifest == "required"
    seen = [_landed(place, version, listing.manifests, required=required) for place, version in listing.files]
    with transaction(session):
        _register(session, seen)
        known = session.execute(
            "SELECT file_id::text, status, manifest_version FROM landed_files WHERE file_id = ANY(%s::uuid[])",
            ([file.file_id for file, _ in seen],),
        ).fetchall()
    status = {row["file_id"]: (row["status"], row["manifest_version"]) for row in known}
    return [replace(file, status=status[file.file_id][0], manifest_version=status[file.file_id][1]) for file, _ in seen]


def list_bronze(store: Store, bucket: str, dates: Collection[date] | None = None) -> Listing:
    """List the newest version of each object of these dates, by default of the whole bucket."""
    listing = Listing([], {}, [])
    for found in _objects(store, bucket, dates):
        if found.key.endswith("/") and found.size_bytes == 0:
            continue  # what consoles make to show an empty folder
        try:
            place = parse_key(found.key)
        except BadInput as error:
            listing.strays.append(Stray(found.key, error.message))
            continue
        if place.is_manifest:
            listing.manifests[found.key] = found
        elif dates is None or place.as_of_date in dates:
            listing.files.append((place, found))
    return listing


def _objects(store: Store, bucket: str, dates: Collection[date] | None) -> Iterator[Object]:
    if dates is None:
        yield from store.newest(bucket, "")
    elif dates:
        # One listing a kind serves a night and a year: the dates' common beginning narrows it.
        ends = zip(min(dates).isoformat(), max(dates).isoformat(), strict=True)
        beginning = "".join(first for first, _ in takewhile(lambda pair: pair[0] == pair[1], ends))
        for kind in KINDS:
            yield from store.newest(bucket, f"{kind}/date={beginning}")


def _landed(
    place: Place, version: Object, manifests: dict[str, Object], *, required: bool
) -> tuple[LandedFile, str | None]:
    """Return the file as it is to be registered, and why it waits where it does."""
    manifest = manifests.get(version.key + MANIFEST_SUFFIX)
    reason = None
    if manifest is None:
        reason = "its manifest has not come" if required else None
    elif manifest.modified_at < version.modified_at:
        reason = "its manifest is older than the file: send the manifest again" if required else None
        manifest = None
    file = LandedFile(
        file_id=str(uuid.uuid5(NAMESPACE, f"file|{version.bucket}|{version.key}|{version.version_id}")),
        bucket=version.bucket,
        key=version.key,
        version_id=version.version_id,
        kind=place.kind,
        as_of_date=place.as_of_date,
        size_bytes=version.size_bytes,
        status=WAITING if reason else LANDED,
        manifest_version=manifest.version_id if manifest else None,
    )
    return file, reason


def _register(session: Session, seen: list[tuple[LandedFile, str | None]]) -> None:
    names = _FIELDS.split(", ")
    columns = [[getattr(file, name) for file, _ in seen] for name in names]
    session.execute(_REGISTER, (*columns, [reason for _, reason in seen]))
