"""`tipline watch` as a process, and the lines that it prints."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from core.settings import Settings, as_environment
from ops.home import ROOT


@contextmanager
def watch(settings: Settings, url: str, *options: str, token: str | None = None) -> Iterator[subprocess.Popen[str]]:
    """Run `tipline watch --json`: by a token, or else by the demo's log-in that the options name."""
    environment = {**os.environ, **as_environment(settings), "TIPLINE_API_URL": url}
    with subprocess.Popen(
        [sys.executable, "-m", "ops.cli", "watch", "--json", *options],
        env=environment if token is None else {**environment, "TIPLINE_TOKEN": token},
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def read_until(process: subprocess.Popen[str], *kinds: str) -> dict[str, Any]:
    """Read lines up to one of these kinds."""
    assert process.stdout is not None
    for line in process.stdout:
        item: dict[str, Any] = json.loads(line)
        if item["type"] in kinds:
            return item
    raise AssertionError(f"it ended: {process.stderr.read() if process.stderr else ''}")
