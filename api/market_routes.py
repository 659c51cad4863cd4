"""The market list: instruments that everybody who works with clients may watch."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from api.authentication import PrincipalDep
from api.services import ServicesDep

router = APIRouter(tags=["market"])

_LIST = "SELECT instrument_id, display, ccy FROM market_list ORDER BY display, instrument_id"


class ListedInstrument(BaseModel):
    """An instrument of the market list; its ticks are the topic `tick:INSTRUMENT_ID` of the WebSocket."""

    instrument_id: str
    display: str
    ccy: str


class MarketList(BaseModel):
    """The whole market list, by name."""

    items: list[ListedInstrument]


@router.get("/market-list", operation_id="readMarketList")
async def read_market_list(principal: PrincipalDep, services: ServicesDep) -> MarketList:
    """Return what may be watched beside what one's clients hold."""
    principal.must("portfolios.read")
    async with services.pool.connection() as session:
        rows = await (await session.execute(_LIST)).fetchall()
    return MarketList(items=[ListedInstrument(**row) for row in rows])
