"""When to start a process again: pure decisions from what was seen of it, no processes and no clock of its own."""

from __future__ import annotations

from dataclasses import dataclass

from ops.state import Health

BACKOFF_FIRST_S = 0.25
BACKOFF_MAX_S = 15.0
# A process that stayed ready this long has a clean slate: its next crash is restarted at once.
STABLE_S = 60.0


@dataclass(slots=True)
class Life:
    """What was seen of one process; times are seconds of one monotonic clock. `patience_s` bounds being not ready."""

    patience_s: float
    starts: int = 0
    failures: int = 0
    alive: bool = False
    ready: bool = False
    unready_since: float = 0.0
    ready_since: float = 0.0
    due_at: float = 0.0

    def started(self, now: float) -> None:
        """Note that it was started."""
        self.starts += 1
        self.alive, self.ready, self.unready_since, self.ready_since = True, False, now, 0.0

    def seen(self, *, ready: bool, excused: bool, now: float) -> None:
        """Note what its probe said; not being ready is excused while something it needs is down."""
        if ready and not self.ready:
            self.ready_since = now
        if ready or excused or self.ready:
            self.unready_since = now
        self.ready = ready
        if ready and now - self.ready_since >= STABLE_S:
            self.failures = 0

    def stuck(self, now: float) -> bool:
        """Return whether it lives but was not ready for longer than its patience."""
        return self.alive and not self.ready and now - self.unready_since > self.patience_s

    def died(self, now: float) -> None:
        """Note that it is gone; each further failure doubles the wait before the next start."""
        self.alive = self.ready = False
        self.due_at = now + min(BACKOFF_FIRST_S * 2**self.failures, BACKOFF_MAX_S)
        self.failures += 1

    def due(self, now: float) -> bool:
        """Return whether it should be started now."""
        return not self.alive and now >= self.due_at

    @property
    def health(self) -> Health:
        """What `tipline status` shows."""
        if not self.alive:
            return "restarting" if self.starts else "stopped"
        if self.ready:
            return "ready"
        return "not ready" if self.ready_since else "starting"

    @property
    def restarts(self) -> int:
        """How often it was started again."""
        return max(0, self.starts - 1)
