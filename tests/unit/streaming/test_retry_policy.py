import random
from datetime import UTC, datetime

import pytest

from clients.kafka import Record
from core.settings import Settings
from streaming.retry_policy import FATAL_CODES, OUTAGE_CODES, backoff_s, is_dead, read_failure

SETTINGS = Settings(retry_backoff_initial_s=1, retry_backoff_max_s=60, retry_limit=8)


def record(**headers: bytes) -> Record:
    return Record("raw-news-events.retry", 0, 7, 1_700_000_000_000, b"k", b"{}", headers)


def test_headers_survive_a_round_trip() -> None:
    first = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
    failure = read_failure(
        record(
            attempts=b"5", strikes=b"2", error=b"model_failure: no: really", first_failed_at=b"2026-01-02T03:04:05.678Z"
        )
    )
    assert (failure.attempts, failure.strikes, failure.first_failed_at) == (5, 2, first)
    assert (failure.code, failure.message) == ("model_failure", "no: really")
    again = read_failure(record(**failure.headers))
    assert (again.attempts, again.strikes, again.first_failed_at) == (5, 2, first)


@pytest.mark.parametrize("forged", [b"", b"-1", b"x", b"\xff", "\u0663".encode(), b"9" * 400, b"1e9"])
def test_forged_headers_count_as_a_first_failure(forged: bytes) -> None:
    failure = read_failure(record(attempts=forged, strikes=forged, error=forged, first_failed_at=forged))
    assert (failure.attempts, failure.strikes, failure.first_failed_at) == (1, 0, None)


def test_the_rest_doubles_up_to_its_cap_and_is_spread() -> None:
    def rests(attempts: int) -> list[float]:
        failure = read_failure(record(attempts=str(attempts).encode()))
        return [backoff_s(failure, SETTINGS, jitter=random.Random(seed)) for seed in range(50)]  # noqa: S311

    for attempts, longest_s in [(1, 1), (2, 2), (6, 32), (7, 60), (100_000, 60)]:
        assert all(longest_s / 2 <= rest <= longest_s for rest in rests(attempts))
        assert len(set(rests(attempts))) > 10


@pytest.mark.parametrize(("attempts", "strikes", "dead"), [(9, 8, False), (9, 9, True), (5000, 0, False)])
def test_only_strikes_against_the_record_kill_it(attempts: int, strikes: int, dead: bool) -> None:
    failure = read_failure(record(attempts=str(attempts).encode(), strikes=str(strikes).encode()))
    assert is_dead(failure, SETTINGS) is dead


def test_no_code_is_both_fatal_and_an_outage() -> None:
    assert not FATAL_CODES & OUTAGE_CODES
