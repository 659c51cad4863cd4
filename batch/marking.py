"""Marking to market: the unit price and the rate of each position at both closes, and how good they are."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812

# From the best to the worst.
QUALITIES = ("ok", "stale", "estimated", "missing")
_OK, _STALE, _ESTIMATED, _MISSING = range(len(QUALITIES))


def mark(holdings: DataFrame, clients: DataFrame, quotes: DataFrame, rates: DataFrame) -> DataFrame:
    """Add to each holding both closes' prices and rates.

    The prices file decides: its last price of at most ten days (ok or stale), else the custodian's own (estimated),
    else 0 (missing); a missing rate is 0 too. What is no longer held is judged at the day's price as well, or else at
    the day before's, but its quality is ok: no units need no price.

    Adds: base_ccy, is_inception, previous_date; start_price, start_rate, price, price_ccy, price_date, fx_rate (numbers
    are 0 where unknown, never null), quality, quality_days.
    """
    marked = holdings.join(F.broadcast(clients), ["as_of_date", "client_id"])
    marked = marked.join(F.broadcast(quotes), ["as_of_date", "instrument_id"], "left")
    marked = marked.join(F.broadcast(_at_start(quotes)), ["previous_date", "instrument_id"], "left")
    marked = marked.withColumns({"start_ccy": _start_ccy(), "price_ccy": _price_ccy(), "start_price": _start_price()})
    of_day = rates.withColumnsRenamed({"ccy": "price_ccy", "rate": "fx_rate"})
    of_start = rates.withColumnsRenamed({"as_of_date": "previous_date", "ccy": "start_ccy", "rate": "start_rate"})
    marked = marked.join(F.broadcast(of_day), ["as_of_date", "price_ccy", "base_ccy"], "left")
    marked = marked.join(F.broadcast(of_start.drop("rate_age")), ["previous_date", "start_ccy", "base_ccy"], "left")
    marked = marked.withColumns({"price": _mark(), "price_date": _price_date(), **_quality()})
    return marked.fillna(0, ["fx_rate", "start_rate"])


def is_cash() -> Column:
    """Tell whether the row is of cash, which is worth 1 in its currency."""
    return F.col("id_type") == "CASH"


def _is_held() -> Column:
    return F.col("end_quantity").isNotNull()


def _at_start(quotes: DataFrame) -> DataFrame:
    names = {"as_of_date": "previous_date", "quote": "start_quote", "quote_ccy": "start_quote_ccy"}
    names["unit_factor"] = "start_unit_factor"
    return quotes.withColumnsRenamed(names).select("instrument_id", *names.values())


def _start_ccy() -> Column:
    return F.when(is_cash(), F.col("instrument_id")).otherwise(F.coalesce("start_quote_ccy", "start_own_ccy"))


def _price_ccy() -> Column:
    names = ("quote_ccy", "end_own_ccy", "start_quote_ccy", "start_own_ccy", "booked_ccy")
    return F.when(is_cash(), F.col("instrument_id")).otherwise(F.coalesce(*names))


def _start_price() -> Column:
    own = F.col("start_own_price") * F.coalesce("start_own_factor", "start_unit_factor", F.lit(1))
    return F.when(is_cash(), 1).otherwise(F.coalesce("start_quote", own, F.lit(0)))


def _mark() -> Column:
    own = F.col("end_own_price") * F.coalesce("end_own_factor", "unit_factor", F.lit(1))
    last = F.when(~_is_held(), F.col("start_price"))
    return F.when(is_cash(), 1).otherwise(F.coalesce("quote", own, last, F.lit(0)))


def _price_date() -> Column:
    """The day whose price it is; none where there is no price or nothing is held."""
    own = F.when(F.col("end_own_price").isNotNull(), F.col("end_own_date"))
    return F.when(_is_held(), F.when(is_cash(), F.col("as_of_date")).otherwise(F.coalesce("quote_date", own)))


def _quality() -> dict[str, Column]:
    of_price = (
        F.when(is_cash() | (F.col("quote_age") == 0), _OK)
        .when(F.col("quote_age") > 0, _STALE)
        .when(F.col("end_own_price").isNotNull(), _ESTIMATED)
        .otherwise(_MISSING)
    )
    of_rate = F.when(F.col("fx_rate").isNull(), _MISSING).when(F.col("rate_age") > 0, _STALE).otherwise(_OK)
    names = F.array(*(F.lit(name) for name in QUALITIES))
    worst = F.get(names, F.greatest(of_price, of_rate))
    age_of_price = F.when(is_cash(), 0).otherwise(F.coalesce("quote_age", F.lit(0)))
    days = F.greatest(age_of_price, F.coalesce("rate_age", F.lit(0)))
    return {
        "quality": F.when(_is_held(), worst).otherwise(QUALITIES[_OK]),
        "quality_days": F.when(_is_held(), days).otherwise(0),
    }
