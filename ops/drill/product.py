"""The whole product as a user starts it, `tipline up`, on free ports and in a data directory of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from core.errors import DependencyUnavailable
from core.settings import as_environment, load_settings
from ops.demo.load import demo_passwords
from ops.home import ROOT
from ops.preflight import port_fields
from ops.state import ProcessState, State, read_state

READY_WITHIN_S = 600.0
STOP_WITHIN_S = 120.0
POLL_S = 0.05


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on now; all are held open until all are known, so that none comes twice."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


class Product:
    """A running platform; use it as a context manager. Its own output goes to `<data_dir>/up.log`."""

    def __init__(self, data_dir: Path, **overrides: Any) -> None:
        fields = port_fields()
        self._overrides: dict[str, Any] = {
            "data_dir": data_dir,
            "jars_dir": ROOT / ".tipline" / "jars",
            **dict(zip(fields, free_ports(len(fields)), strict=True)),
            **overrides,
        }
        self._process: subprocess.Popen[bytes] | None = None
        # Read again once ready, when the first run has made the secrets.
        self.settings = load_settings(**self._overrides)

    def __enter__(self) -> Product:
        """Start everything and return when all of it is ready."""
        self.settings.data_dir.mkdir(parents=True, exist_ok=True)
        with self.output.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "ops.cli", "up"],
                env=self.environment,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            self.wait_ready()
        except BaseException:
            self.stop()
            raise
        self.settings = load_settings(**self._overrides)
        return self

    def __exit__(self, *_exc: object) -> None:
        """Stop everything."""
        self.stop()

    @property
    def output(self) -> Path:
        """What `tipline up` printed."""
        return self.settings.data_dir / "up.log"

    @property
    def environment(self) -> dict[str, str]:
        """The environment in which a `tipline` command sees this platform."""
        return {**os.environ, **as_environment(self.settings)}

    def password(self, rm_id: str) -> str:
        """Return the demo log-in's password, which the first run made."""
        return demo_passwords(self.settings)[rm_id]

    def state(self) -> State:
        """Return the supervisor's notes; DependencyUnavailable when no supervisor runs."""
        state = read_state(self.settings.data_dir)
        if state is None:
            raise DependencyUnavailable("the supervisor does not run")
        return state

    def process(self, name: str) -> ProcessState:
        """Return the notes about one process."""
        return next(process for process in self.state().processes if process.name == name)

    def all_ready(self) -> bool:
        """Return whether every process is ready now."""
        state = read_state(self.settings.data_dir)
        return state is not None and state.ready and all(one.health == "ready" for one in state.processes)

    def wait_ready(self, timeout_s: float = READY_WITHIN_S) -> None:
        """Return once every process is ready; DependencyUnavailable with the output's end when that takes too long."""
        deadline = time.monotonic() + timeout_s
        while not self.all_ready():
            if self._process is None or self._process.poll() is not None or time.monotonic() > deadline:
                raise DependencyUnavailable(f"the platform is not ready:\n{self.output.read_text()[-3000:]}")
            time.sleep(POLL_S)

    def stop(self) -> None:
        """Stop everything, as Ctrl-C does."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
