"""One kill after another while a single load goes on, and the verdict over everything that was accepted and shown."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import psutil

from core.errors import DependencyUnavailable, NotFound, TiplineError
from ops.drill.articles import CAST_IDS
from ops.drill.load import Load, Sent
from ops.drill.product import Product
from ops.drill.targets import candidates, victims
from ops.drill.watch import Shown, Watch

RATE = 5.0
RECOVERED_WITHIN_S = 120.0
SETTLED_WITHIN_S = 120.0
IN_FLIGHT_WITHIN_S = 30.0
# Finer than an article's way through the platform, so that the kill hits one on its way.
WATCH_S = 0.001
POLL_S = 0.02


@dataclass(frozen=True, slots=True)
class Kill:
    """One kill: how many accepted articles were not shown yet, and seconds until one accepted later was."""

    target: str
    in_flight: int
    recovered_s: float


@dataclass(slots=True)
class Verdict:
    """Accepted against shown: all lists are empty when nothing was lost, doubled, invented or out of order."""

    accepted: int = 0
    shown: int = 0
    lost: list[tuple[str, str]] = field(default_factory=list)
    invented: list[tuple[str, str]] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    frames: int = 0
    cuts: int = 0
    resyncs: int = 0

    @property
    def clean(self) -> bool:
        """Whether every accepted article was shown once, in order, and nothing else was."""
        return not (self.lost or self.invented or self.refused or self.faults) and self.accepted > 0

    def as_json(self) -> dict[str, Any]:
        """Return the verdict as JSON values."""
        return {"clean": self.clean, **asdict(self)}


class Drill:
    """Kills processes of a platform that is under load and watched; use it between the two context managers."""

    def __init__(self, product: Product, load: Load, watch: Watch) -> None:
        self._product, self._load, self._watch = product, load, watch
        self.kills: list[Kill] = []

    def kill(self, target: str) -> Kill:
        """Kill -9 the target while an article is on its way; return once the platform works again."""
        before, killed = candidates(self._product, target), victims(self._product, target)
        if not killed:
            raise NotFound(f"there is no {target} to kill")
        await_true(self._in_flight, IN_FLIGHT_WITHIN_S, "no article is on its way", every_s=WATCH_S)
        in_flight = self._in_flight()
        for process in killed:
            process.kill()
        killed_at = time.monotonic()

        def recovered() -> bool:
            return (
                self._replaced(target, before, killed)
                and self._first_shown_after(killed_at) < float("inf")
                and self._product.all_ready()
            )

        await_true(recovered, RECOVERED_WITHIN_S, f"{target} did not come back")
        kill = Kill(target, in_flight, round(self._first_shown_after(killed_at) - killed_at, 3))
        self.kills.append(kill)
        return kill

    def settle(self) -> None:
        """Return once everything accepted so far is shown; what is missing after a while is for the verdict to say."""
        deadline = time.monotonic() + SETTLED_WITHIN_S
        while self._in_flight() and time.monotonic() < deadline:
            time.sleep(POLL_S)

    def _in_flight(self) -> int:
        return len(self._load.sent.accepted.keys() - self._watch.shown.articles.keys())

    def _replaced(self, target: str, before: list[psutil.Process], killed: list[psutil.Process]) -> bool:
        try:
            now = candidates(self._product, target)
        except (TiplineError, psutil.Error):
            return False
        return len(now) >= len(before) and not set(now) & set(killed)

    def _first_shown_after(self, moment: float) -> float:
        shown = self._watch.shown.articles
        later = [one for one, at in self._load.sent.accepted.copy().items() if at > moment]
        return min((shown[one] for one in later if one in shown), default=float("inf"))


def judge(sent: Sent, shown: Shown, *, prefix: str) -> Verdict:
    """Compare what was accepted under this prefix with what was shown of the people it was about."""
    seen = {one for one in shown.articles if one[0].startswith(prefix) and one[1] in CAST_IDS}
    return Verdict(
        accepted=len(sent.accepted),
        shown=len(seen),
        lost=sorted(sent.accepted.keys() - seen),
        invented=sorted(seen - sent.accepted.keys()),
        refused=dict(sent.refused),
        faults=list(shown.faults),
        frames=shown.frames,
        cuts=shown.cuts,
        resyncs=shown.resyncs,
    )


def await_true(condition: Callable[[], object], timeout_s: float, what: str, *, every_s: float = POLL_S) -> None:
    """Return once the condition holds; DependencyUnavailable that says `what` when it does not in time."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise DependencyUnavailable(f"{what} within {timeout_s:.0f} s")
        time.sleep(every_s)
