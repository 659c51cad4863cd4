"""The supervisor over real processes: what is killed comes back, and what is stopped leaves nothing behind."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from ops.drill.product import free_ports
from ops.state import ProcessState, State, read_state
from tests.integration.conftest import ROOT

PATIENCE_S = 60


class Platform:
    """The small platform of supervised.py in a process of its own, as `tipline up` would be."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.port = free_ports(1)[0]
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.integration.supervised", str(self.data_dir), str(self.port)]
        self.process = subprocess.Popen(command, cwd=ROOT)

    def wait(self, condition: Callable[[State], bool]) -> State:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            state = read_state(self.data_dir)
            if state is not None and state.ready and condition(state):
                return state
            assert self.process.poll() is None, "the supervisor ended"
        raise AssertionError(f"not so within {PATIENCE_S} s: {read_state(self.data_dir)}")

    def wait_ready(self) -> dict[str, ProcessState]:
        state = self.wait(lambda state: all(process.health == "ready" for process in state.processes))
        return {process.name: process for process in state.processes}


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    running = Platform(tmp_path)
    yield running
    if running.process.poll() is None:
        running.process.terminate()
        running.process.wait(PATIENCE_S)


@pytest.mark.parametrize("victim", ["redis", "worker"])
def test_a_killed_process_is_started_again(platform: Platform, victim: str) -> None:
    before = platform.wait_ready()
    psutil.Process(before[victim].pid).kill()
    state = platform.wait(lambda state: all(p.health == "ready" for p in state.processes) and _restarts(state) == 1)
    after = {process.name: process for process in state.processes}
    assert after[victim].restarts == 1
    assert after[victim].pid != before[victim].pid
    other = ({"redis", "worker"} - {victim}).pop()
    assert after[other].pid == before[other].pid


def test_the_start_fills_the_stores_and_reports_lag(platform: Platform) -> None:
    processes = platform.wait_ready()
    assert (platform.data_dir / "filled").read_text() == "yes"
    assert processes["worker"].lag == 3


def test_stopping_lets_the_consumer_finish_and_leaves_nothing(platform: Platform) -> None:
    children = [psutil.Process(process.pid) for process in platform.wait_ready().values()]
    platform.process.terminate()
    assert platform.process.wait(PATIENCE_S) == 0
    assert not any(child.is_running() for child in children)
    assert "finished its work" in (platform.data_dir / "logs" / "worker.log").read_text()
    assert read_state(platform.data_dir) is None


def test_children_end_with_a_killed_supervisor_and_the_next_start_recovers(platform: Platform) -> None:
    before = platform.wait_ready()
    children = [psutil.Process(process.pid) for process in before.values()]
    platform.process.kill()
    platform.process.wait()
    _gone, alive = psutil.wait_procs(children, timeout=PATIENCE_S)
    assert not alive
    assert read_state(platform.data_dir) is None
    platform.start()
    after = platform.wait_ready()
    assert {process.pid for process in after.values()}.isdisjoint(process.pid for process in before.values())


def _restarts(state: State) -> int:
    return sum(process.restarts for process in state.processes)
