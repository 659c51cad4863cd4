"""What a bucket's answer tells the caller, and that an outage of Redis refuses nobody."""

from __future__ import annotations

from typing import Any, cast

import pytest

from api.preferences import Preferences
from api.rate_limit import RateLimit, Taken
from clients.redis import AsyncRedis, RedisConnectionError


def test_the_fields_tell_what_is_left_and_when_all_of_it_is_back() -> None:
    taken = Taken(allowed=True, tokens=5.5, capacity=60)
    assert taken.headers == {"RateLimit-Policy": '"user";q=60;w=60', "RateLimit": '"user";r=5;t=55'}
    assert taken.retry_after_s == 0


def test_who_has_none_left_hears_when_the_next_one_comes() -> None:
    taken = Taken(allowed=False, tokens=0.25, capacity=30)
    assert taken.headers["RateLimit"] == '"user";r=0;t=60'
    assert taken.retry_after_s == pytest.approx(1.5)


class LostRedis:
    def register_script(self, _text: str) -> Any:
        async def run(**_: Any) -> None:
            raise RedisConnectionError("away")

        return run


async def test_without_redis_nobody_is_refused() -> None:
    assert await RateLimit(cast(AsyncRedis, LostRedis()), 60).take("ann") is None


def test_a_time_zone_is_one_of_the_world() -> None:
    assert Preferences(time_zone="Europe/Zurich").time_zone == "Europe/Zurich"
    for wrong in ("Europe/Atlantis", "../../etc/passwd", ""):
        with pytest.raises(ValueError, match="time zone"):
            Preferences(time_zone=wrong)
