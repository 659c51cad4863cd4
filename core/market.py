"""The contract of market data on the wire: `market.tick.v1`, one price of one instrument."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from core.events import Event, Timestamp

# A feed that counts from the beginning again, as each day, is believed once its clock has moved on so far.
COUNTS_ANEW_AFTER = timedelta(seconds=5)
DECIMAL_TEXT = r"^-?[0-9]{1,12}(\.[0-9]{1,10})?$"
INSTRUMENT = r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$"


def _read_decimal(value: Any) -> Any:
    if isinstance(value, Decimal):
        return value
    # A JSON number has been through a binary float by the time anybody reads it.
    if not isinstance(value, str) or re.fullmatch(DECIMAL_TEXT, value) is None:
        raise ValueError("a decimal number as text is expected")
    return Decimal(value)


DecimalText = Annotated[
    Decimal,
    BeforeValidator(_read_decimal),
    PlainSerializer(lambda number: format(number, "f"), return_type=str),
    WithJsonSchema({"type": "string", "pattern": DECIMAL_TEXT}),
]
Instrument = Annotated[str, Field(pattern=INSTRUMENT)]


class MarketTick(Event):
    """`market.tick.v1`: one price of one instrument; topic `market-ticks`, key `instrument`.

    `seq` rises by one with every tick of an instrument: a jump says that ticks were lost, a fall that this one is late.
    """

    instrument: Instrument
    price: DecimalText
    ccy: str = Field(pattern=r"^[A-Za-z]{3}$")
    ts: Timestamp
    seq: int = Field(ge=0, lt=2**63)
    mic: str | None = Field(default=None, pattern=r"^[A-Z0-9]{4}$")
    size: DecimalText | None = None
    type: Literal["trade", "quote", "close"] = "trade"


class TickOrder:
    """Tells by `seq` which ticks are news; `gaps` counts jumps, `late` what came after a newer tick or twice."""

    def __init__(self) -> None:
        self._newest: dict[str, tuple[int, datetime]] = {}
        self.gaps = 0
        self.late = 0

    def admits(self, tick: MarketTick) -> bool:
        """Say whether a tick is newer than all before it of its instrument, and remember it when it is."""
        known = self._newest.get(tick.instrument)
        if known is not None:
            seq, ts = known
            if tick.seq <= seq and tick.ts - ts < COUNTS_ANEW_AFTER:
                self.late += 1
                return False
            self.gaps += tick.seq > seq + 1
        self._newest[tick.instrument] = tick.seq, tick.ts
        return True
