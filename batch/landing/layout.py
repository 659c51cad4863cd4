"""Where files lie in bronze: `{kind}/date=YYYY-MM-DD/{name}`, a manifest beside its file as `{name}.manifest.json`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from core.errors import BadInput

KINDS = ("positions", "prices", "fx", "transactions", "instruments")
MANIFEST_SUFFIX = ".manifest.json"

_KEY = re.compile(r"(?P<kind>[^/]+)/date=(?P<day>[^/]+)/(?P<name>[^/]+)")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\\]")


@dataclass(frozen=True, slots=True)
class Place:
    """What a key says: the kind of file, its day and its name."""

    kind: str
    as_of_date: date
    name: str

    @property
    def key(self) -> str:
        """The key in the bucket."""
        return f"{self.kind}/date={self.as_of_date.isoformat()}/{self.name}"

    @property
    def is_manifest(self) -> bool:
        """Whether this describes another file."""
        return self.name.endswith(MANIFEST_SUFFIX)


def parse_key(key: str) -> Place:
    """Read a key; BadInput with the reason where it does not follow the layout or names a day that does not exist."""
    if _UNPRINTABLE.search(key):
        raise BadInput("the key has control characters or backslashes")
    if any(segment in ("", ".", "..") for segment in key.split("/")):
        raise BadInput("the key has an empty segment, `.` or `..`")
    found = _KEY.fullmatch(key)
    if not found:
        raise BadInput("the key is not `kind/date=YYYY-MM-DD/name`")
    kind, day, name = found["kind"], found["day"], found["name"]
    if kind not in KINDS:
        raise BadInput(f"`{kind}` is none of {', '.join(KINDS)}")
    if not _DAY.fullmatch(day):
        raise BadInput(f"`{day}` is not a date YYYY-MM-DD")
    try:
        as_of_date = date.fromisoformat(day)
    except ValueError:
        raise BadInput(f"{day} does not exist") from None
    if name.startswith((".", "_")) or name == MANIFEST_SUFFIX:
        raise BadInput(f"`{name}` is no name of a data file")
    return Place(kind, as_of_date, name)


def place_of(kind: str, as_of_date: date, name: str) -> Place:
    """Return the place of a file to upload; BadInput where its key would not follow the layout."""
    return parse_key(Place(kind, as_of_date, name).key)
