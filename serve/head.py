"""The process `ray`: becomes `ray start --head --block` on the loopback, with a token, without telemetry.

Run as `python -m serve.head`. It first clears what an earlier, killed head left behind, then replaces itself by Ray, so
that the supervisor's pid is Ray's own. Ray's reaper ends every Ray process when that pid dies, `kill -9` included.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import socket
import sys
import tempfile
from pathlib import Path

from core.settings import Settings, as_environment, load_settings

# Unix socket paths end at 107 bytes, and Ray adds a session name of about this many to the directory it is given.
SESSION_PATH_BYTES = 66
SOCKET_PATH_BYTES = 107
OBJECT_STORE_BYTES = 200 * 1024 * 1024
# What the deployments may ask for together, whatever the machine has: see serve/app.py.
LOGICAL_CPUS = 4


def main() -> None:
    """Prepare the session directory and the token, then exec Ray."""
    settings = load_settings()
    if os.getpgid(0) != os.getpid():
        # Ray's reaper kills its whole process group: it must not be the supervisor's.
        os.setsid()
    session_dir = session_directory(settings)
    session_dir.parent.mkdir(parents=True, exist_ok=True)
    # Ray opens its own directory to everybody: the one above it must be ours, and closed.
    session_dir.parent.chmod(0o700)
    session_dir.mkdir(exist_ok=True)
    for leftover in session_dir.glob("session_*"):
        if leftover.is_symlink():
            leftover.unlink()
        else:
            shutil.rmtree(leftover, ignore_errors=True)
    os.execve(sys.executable, command(settings, session_dir), environment(settings, os.environ))  # noqa: S606


def session_directory(settings: Settings) -> Path:
    """Return Ray's directory: under the data directory, or under the system's when sockets need it shorter."""
    wanted = settings.data_dir / "serving" / "ray"
    if len(bytes(wanted)) + SESSION_PATH_BYTES <= SOCKET_PATH_BYTES:
        return wanted
    digest = hashlib.sha256(bytes(settings.data_dir)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"tipline-{digest}" / "ray"


def command(settings: Settings, session_dir: Path) -> list[str]:
    """Return the argument vector of the head."""
    host = settings.bind_host
    options = {
        "node-ip-address": host,
        "port": settings.ray_port,
        "dashboard-host": host,
        "dashboard-port": settings.ray_dashboard_port,
        "dashboard-agent-listen-port": free_port(host),
        "ray-client-server-port": free_port(host),
        # Workers take any free port; Ray's own range would forbid that of a server of ours.
        "min-worker-port": 0,
        "max-worker-port": 0,
        "temp-dir": session_dir,
        "num-cpus": LOGICAL_CPUS,
        "object-store-memory": OBJECT_STORE_BYTES,
        "include-dashboard": "true",
        "include-log-monitor": "false",
        "log-style": "record",
        "log-color": "false",
    }
    flags = [f"--{name}={value}" for name, value in options.items()]
    return [
        sys.executable,
        "-m",
        "ray.scripts.scripts",
        "start",
        "--head",
        "--block",
        "--disable-usage-stats",
        "--no-monitor",
        *flags,
    ]


def environment(settings: Settings, inherited: os._Environ[str] | dict[str, str]) -> dict[str, str]:
    """Return the environment of Ray and, by inheritance, of every replica."""
    root = str(Path(__file__).resolve().parent.parent)
    path = inherited.get("PYTHONPATH")
    return {
        **inherited,
        **as_environment(settings),
        "PYTHONPATH": root if not path else f"{root}{os.pathsep}{path}",
        # Ray replaces a loopback address by the machine's unless clusters are off; then it listens on the loopback.
        "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN_PATH": str(token_file(settings)),
        "RAY_USAGE_STATS_ENABLED": "0",
        # A busy machine takes longer than Ray's minute.
        "RAY_DASHBOARD_STARTUP_TIMEOUT_S": "180",
        "RAY_SERVE_CONTROLLER_METRICS_INCLUDE_HIGH_CARDINALITY_TAGS": "0",
        # A killed replica is looked for this often, in seconds.
        "RAY_SERVE_CONTROL_LOOP_INTERVAL_S": "0.1",
        "RAY_PRESTART_WORKER_FIRST_DRIVER": "0",
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "OMP_NUM_THREADS": "2",
    }


def token_file(settings: Settings) -> Path:
    """Return the file of Ray's access token, made with mode 0600 at first use."""
    path = settings.data_dir / "secrets" / "ray_token"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(32))
    return path


def free_port(host: str) -> int:
    """Return a port that nobody listens on now."""
    with socket.create_server((host, 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


if __name__ == "__main__":
    main()
