"""What the portfolio addresses answer. Amounts are decimal text in the client's base currency, shares decimal text."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel

from api.light_models import BookLights, Figure, Level, Light
from core.events import Timestamp

Quality = Literal["ok", "restated", "stale", "estimated", "missing"]
Status = Literal["flash", "final", "restated"]
RangeName = Literal["day", "wtd", "mtd", "ytd", "1y"]


class Graded(BaseModel):
    """Figures with how far to trust them.

    `quality` is the worst of what went in: `missing` (a price or rate was not there and counts as zero), `estimated`
    (the custodian's own price), `stale` (an older price), `restated`, `ok`. `status` is `flash` until every file of
    the day had come, then `final`; `restated` when final figures were corrected.
    """

    quality: Quality
    status: Status


class Pnl(BaseModel):
    """Profit and loss and its parts, which add up to the total to the cent; `net_flows` is no part of it."""

    total: Figure
    price: Figure
    fx: Figure
    trading: Figure
    income: Figure
    fees: Figure
    unexplained: Figure
    net_flows: Figure


class Value(Graded):
    """What everything is worth, accrued interest included."""

    market_value: Figure
    positions: int
    quality_counts: dict[str, int]


class Range(Graded):
    """P&L and time-weighted return of the days from `first_day` to the day asked for.

    `complete` is false when our figures begin within the range: it then covers `days` days only.
    """

    name: RangeName
    first_day: date
    days: int
    complete: bool
    pnl: Pnl
    twr: Figure


class Drawdown(Graded):
    """How far the time-weighted index is below its peak, on the day and at its worst in a year; zero or negative."""

    current: Figure
    worst_1y: Figure


class Share(BaseModel):
    """What one instrument, issuer or the like is worth, and its part of the whole.

    `name` is null for what the bank has not classified.
    """

    name: str | None = None
    market_value: Figure
    weight: Figure


class Concentrations(Graded):
    """The largest share of one instrument other than cash, and the ten largest shares of each sort.

    Cash is a class, but no issuer's and no country's. Issuer, class and country are empty before the bank's first file
    of instruments.
    """

    top: Figure
    instrument: list[Share] = []
    currency: list[Share] = []
    id_type: list[Share] = []
    issuer: list[Share] = []
    asset_class: list[Share] = []
    country: list[Share] = []


class Mover(BaseModel):
    """One instrument's part of the day's P&L."""

    instrument_id: str
    pnl_total: Figure


class Movers(Graded):
    """The largest gains and the largest losses of the day."""

    best: list[Mover] = []
    worst: list[Mover] = []


class Lights(Graded):
    """Every rule with what was measured, and the worst level of them."""

    level: Level
    rules: list[Light]


class SeriesPoint(Graded):
    """One day of the sparkline."""

    as_of: date
    market_value: Figure
    pnl_total: Figure
    twr: Figure


class Health(Graded):
    """A client's portfolio on a day: one revision of its figures, and how it came there."""

    client_id: str
    display: str
    base_ccy: str
    as_of: date
    computed_at: Timestamp
    revision: int
    run_id: str
    twr_since_inception: Figure
    value: Value
    ranges: list[Range]
    drawdown: Drawdown
    concentrations: Concentrations
    movers: Movers
    lights: Lights
    series: list[SeriesPoint]


class CurrencyHealth(Graded):
    """The clients of one base currency as if they were one portfolio.

    `drawdown` is that of a year's time-weighted index, which the `series` shows. Concentrations add up each client's
    ten largest shares of a sort, so that what is small everywhere may count for less than it is.
    """

    base_ccy: str
    clients: int
    market_value: Figure
    ranges: list[Range]
    drawdown: Drawdown
    concentrations: Concentrations
    movers: Movers
    series: list[SeriesPoint]


class BookHealth(BaseModel):
    """The clients that have figures of the book's newest day, by base currency; currencies never add up."""

    as_of: date | None
    currencies: list[CurrencyHealth]


class Position(BaseModel):
    """One holding: `price` per unit in `price_ccy`, of `price_date`; amounts in the client's base currency."""

    account_id: str
    id_type: str
    instrument_id: str
    quantity: Figure
    price: Figure | None
    price_ccy: str | None
    price_date: date | None
    fx_rate: Figure | None
    market_value: Figure
    weight: Figure
    pnl: Pnl
    quality: Quality
    quality_days: int | None


class PositionPage(Graded):
    """Positions of one revision, largest value first, with the cursor of the next page."""

    client_id: str
    base_ccy: str
    as_of: date
    revision: int
    items: list[Position]
    next: str | None


class BookFigures(Graded):
    """A client's newest figures; `late` when other clients of the book have a newer day.

    `level` is the worst of all rules, `lights` are the rules that are amber or red.
    """

    as_of: date
    late: bool
    computed_at: Timestamp
    revision: int
    base_ccy: str
    market_value: Figure
    pnl_total: Figure
    daily_return: Figure
    drawdown: Figure
    top_concentration: Figure
    level: Level
    lights: list[Light]


class BookClient(BaseModel):
    """A client of the book; `figures` is null until the first night."""

    client_id: str
    display: str
    figures: BookFigures | None


class BookTotal(Graded):
    """The sum over the clients of one base currency that have figures of the book's day."""

    base_ccy: str
    clients: int
    market_value: Figure
    pnl_total: Figure


class Book(BaseModel):
    """The caller's clients by client id, a page at a time; the totals are over all pages and never over currencies."""

    as_of: date | None
    clients: int
    late: int
    without_figures: int
    totals: list[BookTotal]
    lights: BookLights
    items: list[BookClient]
    next: str | None
