"""Who may send us news and which feeds we read: the sources file, typed.

```toml
[webhooks.demo-wire]
scheme = "standard"
keys = ["whsec_..."]
provider = "demo-wire"

[feeds.federal-reserve]
url = "https://www.federalreserve.gov/feeds/press_all.xml"
interval_s = 60
provider = "federal-reserve"
```
"""

from __future__ import annotations

import base64
import binascii
import stat
import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from core.errors import ConfigurationError, NotFound
from core.logs import get_logger
from core.settings import Settings

STANDARD_KEY_PREFIX = "whsec_"
# Standard Webhooks: a shared secret is 24 to 64 random bytes.
STANDARD_KEY_BYTES = range(24, 65)

SourceName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
ProviderName = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$")]

log = get_logger(__name__)


class Webhook(BaseModel):
    """A sender: how it signs, its keys (the first signs, all verify, so that they can be rotated) and its name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scheme: Literal["standard", "github", "stripe"] = "standard"
    keys: tuple[SecretStr, ...] = Field(min_length=1)
    provider: ProviderName

    @property
    def key_bytes(self) -> tuple[bytes, ...]:
        """The keys as HMAC takes them: Standard Webhooks decodes base64, the others sign with the text itself."""
        return tuple(_key_bytes(self.scheme, key.get_secret_value()) for key in self.keys)

    @model_validator(mode="after")
    def _keys_are_usable(self) -> Self:
        for key in self.key_bytes:
            if not key or (self.scheme == "standard" and len(key) not in STANDARD_KEY_BYTES):
                raise ValueError("a standard key is whsec_ and the base64 of 24 to 64 bytes; others must not be empty")
        return self


class Feed(BaseModel):
    """A feed we poll; `allow_private` lets its host resolve to an address inside the network."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    interval_s: float = Field(default=60, ge=1, le=86_400)
    provider: ProviderName
    allow_private: bool = False

    @model_validator(mode="after")
    def _url_is_http(self) -> Self:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
            raise ValueError("url must be http(s)://host/path without credentials")
        return self


class Sources(BaseModel):
    """All senders and feeds by name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    webhooks: dict[SourceName, Webhook] = Field(default_factory=dict)
    feeds: dict[SourceName, Feed] = Field(default_factory=dict)

    def webhook(self, name: str) -> Webhook:
        """Return a sender by name; NotFound when the file has none of that name."""
        try:
            return self.webhooks[name]
        except KeyError:
            raise NotFound("no such webhook source", code="unknown_source") from None


class SourcesFile:
    """The sources file, read again when it changes, so that keys rotate and feeds come and go without a restart."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._read_at_mtime_ns = -1
        self._sources = Sources()
        self.current()

    def current(self) -> Sources:
        """Return the file's newest valid content; a change that is not valid is logged once and not taken."""
        mtime_ns = _mtime_ns(self._settings.sources_file)
        if mtime_ns != self._read_at_mtime_ns:
            first = self._read_at_mtime_ns == -1
            self._read_at_mtime_ns = mtime_ns
            try:
                self._sources = load_sources(self._settings)
            except ConfigurationError as error:
                if first:
                    raise
                log.error("sources_file_refused", reason=error.message)
        return self._sources


def load_sources(settings: Settings) -> Sources:
    """Read and check the sources file; ConfigurationError names the fix, and never the content of a key."""
    path = settings.sources_file
    try:
        mode = path.stat().st_mode
        parsed = tomllib.loads(path.read_text())
    except FileNotFoundError:
        raise ConfigurationError(f"{path} is missing: `tipline up` makes it, or set TIPLINE_SOURCES_FILE") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigurationError(f"{path} holds keys and others may read it: run `chmod 600 {path}`")
    try:
        return Sources.model_validate(parsed)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise ConfigurationError(f"{path} is not valid: {wrong}") from None


def _mtime_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _key_bytes(scheme: str, key: str) -> bytes:
    if scheme != "standard":
        return key.encode()
    unpadded = key.removeprefix(STANDARD_KEY_PREFIX).rstrip("=")
    try:
        return base64.b64decode(unpadded + "=" * (-len(unpadded) % 4), validate=True)
    except binascii.Error:
        return b""
