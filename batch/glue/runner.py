"""Runs as processes: started, watched to their end, killed when they are stopped or take too long."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import psutil

from batch.glue import jobs, runs, submit
from batch.glue.logtail import last_meaningful_line
from batch.glue.runs import Run
from batch.glue.scheduler import fire_conditional
from clients.postgres import Pool, transaction_of
from clients.s3 import Store
from core.errors import DependencyUnavailable, TiplineError
from core.logs import get_logger
from core.settings import Settings

TRY_AGAIN_S = 1.0
INTERRUPTED = "the run was interrupted when the service stopped"

log = get_logger(__name__)


class Runner:
    """Keeps one thread a run, which sleeps in the kernel until the run's process ends."""

    def __init__(self, settings: Settings, pool: Pool, store: Store) -> None:
        self._settings, self._pool, self._store = settings, pool, store
        self._lock = threading.Lock()
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._expired: set[str] = set()
        self._closing = threading.Event()

    def recover(self) -> None:
        """Kill what an earlier facade left running, so that no run goes on twice, and end its runs as failed."""
        prefix = submit.mark(self._settings, "")
        left = [process for process in psutil.process_iter() if _mark_of(process).startswith(prefix)]
        for process in left:
            _kill(process)
        psutil.wait_procs(left, timeout=10)
        shutil.rmtree(submit.run_folder(self._settings, ""), ignore_errors=True)
        with transaction_of(self._pool) as session:
            interrupted = runs.active(session)
        for run in interrupted:
            log.warning("run_interrupted", run=run.run_id, job=run.job_name)
            self._settle(run, "FAILED", INTERRUPTED)

    def start(self, run: Run) -> None:
        """Start the process of a run that was begun; what becomes of it is in PostgreSQL."""
        threading.Thread(target=self._live, args=(run,), name=run.run_id, daemon=True).start()

    def kill(self, run_id: str) -> None:
        """End a run's processes at once, if it has any."""
        with self._lock:
            process = self._processes.get(run_id)
            if process is not None:
                os.killpg(process.pid, signal.SIGKILL)

    def close(self) -> None:
        """Kill all runs; the next facade finds them interrupted."""
        self._closing.set()
        with self._lock:
            for process in self._processes.values():
                os.killpg(process.pid, signal.SIGKILL)

    def _live(self, run: Run) -> None:
        state, error = "FAILED", "the service failed"
        try:
            state, error = self._run(run)
        except TiplineError as raised:
            error = raised.message
        except Exception:
            log.exception("run_broken", run=run.run_id)
        finally:
            shutil.rmtree(submit.run_folder(self._settings, run.run_id), ignore_errors=True)
        self._settle(run, state, error if state != "SUCCEEDED" else None)

    def _run(self, run: Run) -> tuple[str, str]:
        """Run to the end and return the state with its error message."""
        with transaction_of(self._pool) as session:
            definition = jobs.get(session, run.job_name).definition
        submission = submit.prepare(self._settings, self._store, run, definition)
        log_path = submit.log_path(self._settings, run.run_id)
        process = self._spawn(run.run_id, submission, log_path)
        timer = threading.Timer(run.timeout_minutes * 60, self._expire, (run.run_id,))
        timer.daemon = True
        timer.start()
        try:
            self._announce(run)
            code = self._await_end(run.run_id, process)
        finally:
            timer.cancel()
        if run.run_id in self._expired:
            self._expired.discard(run.run_id)
            return "TIMEOUT", f"the run took longer than {run.timeout_minutes} minutes"
        if code == 0:
            return "SUCCEEDED", ""
        return "FAILED", last_meaningful_line(log_path) or f"the process ended with status {code}"

    def _spawn(self, run_id: str, submission: submit.Submission, log_path: Path) -> subprocess.Popen[bytes]:
        log_path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab") as output, self._lock:
            if self._closing.is_set():
                raise DependencyUnavailable(INTERRUPTED)
            process = subprocess.Popen(
                submission.argv,
                env=submission.environment,
                cwd=submission.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self._processes[run_id] = process
        return process

    def _announce(self, run: Run) -> None:
        """Say that it runs; when it was stopped before it had a process, kill that now."""

        def running() -> None:
            with transaction_of(self._pool) as session:
                if not runs.mark(session, run.run_id, "RUNNING", unless="STOPPING"):
                    self.kill(run.run_id)

        self._persist(running)

    def _await_end(self, run_id: str, process: subprocess.Popen[bytes]) -> int:
        # Until it is reaped, nobody else can get its process group: what is left of the group is safe to kill.
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        with self._lock:
            del self._processes[run_id]
            os.killpg(process.pid, signal.SIGKILL)
        return process.wait()

    def _expire(self, run_id: str) -> None:
        self._expired.add(run_id)
        self.kill(run_id)

    def _settle(self, run: Run, state: str, error: str | None) -> None:
        """Store how a run ended, and start what follows from it: its retry, and what conditional triggers begin."""

        def settle() -> None:
            with transaction_of(self._pool) as session:
                retry = runs.end(session, run, state, error)
                begun = [retry] if retry else fire_conditional(session, run.job_name)
            log.info("run_ended", run=run.run_id, job=run.job_name, state=state, retried=retry is not None)
            for one in begun:
                self.start(one)

        self._persist(settle)

    def _persist(self, write: Callable[[], None]) -> None:
        """Write to PostgreSQL, as often as it takes; a facade that is closing leaves it to the next."""
        while not self._closing.is_set():
            try:
                write()
                return
            except DependencyUnavailable:
                self._closing.wait(TRY_AGAIN_S)


def _mark_of(process: psutil.Process) -> str:
    try:
        return process.environ().get(submit.MARK, "")
    except (psutil.Error, OSError):
        return ""


def _kill(process: psutil.Process) -> None:
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return
