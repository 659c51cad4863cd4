"""The nightly job through kill -9 of its driver, PostgreSQL and S3, each in one stage; tests/drills has all of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.attacked_bank import Bank, attacked_bank, require_one_revision_each


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    with attacked_bank(tmp_path_factory.mktemp("kills")) as bank:
        yield bank


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("victim", "stage"), [("s3", "silver"), ("driver", "gold"), ("postgres", "rds")])
def test_a_killed_run_is_made_good_by_the_next(bank: Bank, victim: str, stage: str) -> None:
    bank.correct()
    if not bank.run_attacked(victim, stage):
        assert bank.run(), bank.log()
    require_one_revision_each(bank)
