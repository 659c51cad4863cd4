"""The unprivileged system user of servers that refuse to run as root, and its access to their files."""

from __future__ import annotations

import os
import pwd
import stat
import subprocess
from pathlib import Path

from core.errors import ConfigurationError
from ops.stack.service import Account

USER = "tipline-db"


def unprivileged_account() -> Account | None:
    """Return the account to run as when we are root, creating the system user once; None when we are not root."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(USER)
    except KeyError:
        entry = _create_user()
    return Account(entry.pw_uid, entry.pw_gid)


def _create_user() -> pwd.struct_passwd:
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", USER]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise ConfigurationError(
            f"PostgreSQL refuses to run as root and the user {USER} could not be made: {error};"
            f" run tipline as another user, or run `{' '.join(command)}`."
        ) from error
    return pwd.getpwnam(USER)


def let_traverse(path: Path) -> None:
    """Let other users pass through, not list, the directories above a path; only bits that are missing are added."""
    for folder in path.resolve().parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)


def own(path: Path, account: Account | None) -> None:
    """Make a private directory that belongs to the account, or to us when there is none."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    if account is not None:
        os.chown(path, account.uid, account.gid)
