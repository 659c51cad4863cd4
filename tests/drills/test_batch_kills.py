"""The nightly job through kill -9 of its driver, an executor, PostgreSQL and S3 in every stage: one revision, once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.attacked_bank import Bank, attacked_bank, require_one_revision_each

STAGES = ("silver", "gold", "rds")
# In one JVM, and in two: then the executor is a process that can be lost without the driver.
LOCAL, CLUSTER = "local[2]", "local-cluster[1,1,1024]"

pytestmark = pytest.mark.timeout(1200)


@pytest.fixture(scope="module", params=[LOCAL, CLUSTER])
def bank(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    with attacked_bank(tmp_path_factory.mktemp("kills"), batch_master=request.param) as bank:
        yield bank


@pytest.mark.parametrize("bank", [CLUSTER], indirect=True)
def test_killed_executors_are_replaced_within_the_run(bank: Bank) -> None:
    bank.correct()
    assert bank.run_attacked("executor", *STAGES), bank.log()
    require_one_revision_each(bank)


@pytest.mark.parametrize("bank", [LOCAL], indirect=True)
@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("victim", ["driver", "postgres", "s3"])
def test_a_killed_run_is_made_good_by_the_next(bank: Bank, victim: str, stage: str) -> None:
    bank.correct()
    if not bank.run_attacked(victim, stage):
        assert bank.run(), bank.log()
    require_one_revision_each(bank)
