"""Which results are deleted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import cast

from api.athena.expiry import Expiry
from clients.s3 import Object, Store
from core.clock import utc_now
from core.settings import Settings

NOW = utc_now()


class Bucket:
    """A store of results by their age in days."""

    def __init__(self, **ages: int) -> None:
        self.ages = ages

    def newest(self, bucket: str, prefix: str) -> Iterator[Object]:
        assert (bucket, prefix) == ("results", "")
        for key, days in self.ages.items():
            yield Object(bucket, key, "null", 1, "", NOW - timedelta(days=days))

    def delete(self, _bucket: str, key: str) -> None:
        del self.ages[key]


def test_results_are_kept_for_their_days_and_no_longer() -> None:
    settings = Settings(sql_results_bucket="results", sql_results_keep_days=7)
    bucket = Bucket(new=0, kept=7, old=8, ancient=400)
    expiry = Expiry(settings, cast(Store, bucket), now=lambda: NOW)
    assert (expiry.delete_old(), sorted(bucket.ages)) == (2, ["kept", "new"])
    assert expiry.delete_old() == 0
