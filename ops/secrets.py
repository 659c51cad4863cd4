"""Makes every secret at the first run, as files that only we can read; later runs keep what is there."""

from __future__ import annotations

import base64
import io
import json
import os
import secrets
from configparser import ConfigParser
from pathlib import Path
from typing import get_args

from core.settings import ENV_PREFIX, DatabaseRole, Settings, load_settings

SECRET_FIELDS = (
    "postgres_password", "redis_password", "session_secret", "jwt_secret", "sealing_master_keys", "client_token_key",
)  # fmt: skip
WEBHOOK_SOURCE = "demo-wire"
# The platform calls itself, the streaming job only the endpoint; analysts and compliance run SQL, each seeing what the
# role sees.
AWS_ROLES = ("platform", "stream", "analyst", "compliance")


def ensure_secrets(settings: Settings) -> Settings:
    """Make what is missing and return the settings read again, with the secrets in them."""
    folder = settings.data_dir / "secrets"
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    for field in SECRET_FIELDS:
        # Letters and digits only, so that no configuration file or SQL literal needs quoting; AES-256 wants 32 bytes.
        _write_once(folder / f"{ENV_PREFIX}{field}".lower(), secrets.token_hex(32))
    for role in get_args(DatabaseRole):
        _ensure_database_role(folder / role, role)
    _ensure_aws_keys(settings)
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    _write_once(
        settings.sources_file,
        f'[webhooks.{WEBHOOK_SOURCE}]\nscheme = "standard"\nkeys = ["whsec_{key}"]\nprovider = "demo"\n',
    )
    return load_settings(**settings.model_dump(exclude_unset=True, exclude=set(SECRET_FIELDS)))


def keys_file(settings: Settings) -> Path:
    """Return the file that maps access key ids to `{"secret", "role"}`, by which servers verify SigV4."""
    return settings.aws_shared_credentials_file.with_name("keys.json")


def aws_profile(settings: Settings, role: str) -> str:
    """Return the profile of a role in the shared credentials file: the platform's own, or that with the role's name."""
    return settings.aws_profile if role == "platform" else f"{settings.aws_profile}-{role}"


def _ensure_database_role(folder: Path, role: DatabaseRole) -> None:
    """Make what lets a process log in to PostgreSQL as this role: the files that `load_settings` reads for it."""
    folder.mkdir(exist_ok=True, mode=0o700)
    _write_once(folder / f"{ENV_PREFIX}postgres_password".lower(), secrets.token_hex(32))
    _write_once(folder / f"{ENV_PREFIX}postgres_user".lower(), f"tipline_{role}")


def _ensure_aws_keys(settings: Settings) -> None:
    """Make a key for each role that calls servers of ours: a profile for the caller, an entry for the servers."""
    credentials, servers = settings.aws_shared_credentials_file, keys_file(settings)
    keys = json.loads(servers.read_text()) if servers.exists() else {}
    profiles = ConfigParser(interpolation=None)
    profiles.read(credentials)
    for role in AWS_ROLES:
        profile = aws_profile(settings, role)
        if profiles.get(profile, "aws_access_key_id", fallback=None) in keys:
            continue
        key_id, secret = "TIPL" + secrets.token_hex(8).upper(), secrets.token_urlsafe(30)
        keys[key_id] = {"secret": secret, "role": role, "user": role}
        profiles[profile] = {
            "aws_access_key_id": key_id,
            "aws_secret_access_key": secret,
            "region": settings.aws_region,
        }
        written = io.StringIO()
        profiles.write(written)
        # The credentials come last: where they exist, the servers' side is complete.
        _write(servers, json.dumps(keys, indent=2))
        _write(credentials, written.getvalue())


def _write_once(path: Path, text: str) -> None:
    if not path.exists():
        _write(path, text)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    temporary.replace(path)
