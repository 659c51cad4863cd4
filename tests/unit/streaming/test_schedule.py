"""When feeds are read again, and which addresses they may have."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from streaming.poller.fetch import is_public
from streaming.poller.schedule import MAX_BACKOFF_S, next_poll_at

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("failures", "retry_after_s", "least_s"),
    [(0, None, 60), (1, None, 120), (3, None, 480), (50, None, MAX_BACKOFF_S), (0, 900.0, 900), (2, 1.0, 240)],
)
def test_the_wait_doubles_with_failures_up_to_an_hour(
    failures: int, retry_after_s: float | None, least_s: float
) -> None:
    dice = random.Random(1)  # noqa: S311 - jitter, not a secret
    waits = {
        (next_poll_at(NOW, 60, failures=failures, retry_after_s=retry_after_s, dice=dice) - NOW).total_seconds()
        for _ in range(50)
    }
    assert min(waits) >= least_s
    assert max(waits) <= 1.1 * least_s
    assert len(waits) > 40


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True), ("2606:2800:21f::1", True), ("127.0.0.1", False), ("10.1.2.3", False),
        ("169.254.169.254", False), ("192.168.1.1", False), ("100.64.0.1", False), ("224.0.0.1", False),
        ("::1", False), ("fe80::1%eth0", False), ("fd00::1", False), ("::ffff:10.0.0.1", False),
        ("64:ff9b::5db8:d70e", True), ("64:ff9b::7f00:1", False), ("2002:a9fe:a9fe::1", False), ("::7f00:1", False),
        ("fec0::1", False), ("ff0e::1", False),
    ],
)  # fmt: skip
def test_private_addresses_are_known_in_every_dress(address: str, public: bool) -> None:
    assert is_public(address) is public
