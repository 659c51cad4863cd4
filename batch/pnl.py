"""Daily P&L of a position, and what of it came from prices, currencies, trading and income.

Additive daily attribution. `total = MV1 - MV0 - flows + income + fees` comes from the custodian's files alone, the
parts from trades, prices and rates: what the two do not agree on, such as a trade that never came, is `unexplained`.
With units q, unit price p, accrued interest a and rate to base currency f, 0 at the close of the day before and 1 at
the day's; trades with q_t, p_t, f_t and accrued interest a_t paid for; splits q_s, which act before the open:

    price       = (q0 + q_s) p1 f0 - q0 p0 f0                                  moves of the price at the old rate
    FX          = ((q0 + q_s) p1 + a0) (f1 - f0) + sum (q_t p_t + a_t) (f1 - f_t)       with the cross term in it
    trading     = sum q_t (p1 - p_t) f1                                        trades against the day's close
    income      = dividends + interest + (a1 - a0 - sum a_t) f1                paid, and accrued
    fees        = fees, negative
    unexplained = total - parts; worked out: (q1 - q0 - q_s - sum q_t) p1 f1   units that nothing accounts for

It is the usual separation of a position's change in value, d(q p f), into local price, currency and transaction effects
(C. Bacon, Practical Portfolio Performance Measurement and Attribution, on multi-currency attribution), with day-end
rates for what was held and the trades' own rates for what was traded. Cash is a position of price 1 in its currency.
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812

from batch.marking import is_cash
from batch.valuation import BASE, MONEY, base_value, cents, local_value

PARTS = ("pnl_price", "pnl_fx", "pnl_trading", "pnl_income", "pnl_fees", "pnl_unexplained")
FIGURES = ("pnl_total", *PARTS, "net_flows")

# The parts that are rounded each by itself; price takes what is left over.
_ROUNDED = ("fx", "trading", "income", "fees")
# Noise of Spark's rounded products is gone at this many decimals, and an exact half cent is one again.
_NOISE_FREE = 9


def attribute(marked: DataFrame) -> DataFrame:
    """Add market_value and the P&L columns, in cents of base currency, to marked holdings.

    total is rounded value by value, so that it adds up with the values shown; each part is rounded half-even, and
    price takes what rounding leaves over, so that the parts of every row, and of every sum of rows, add up to total.
    A client's first day earns nothing: all that it has came in. net_flows are transfers alone; what trades moved
    between a security and its cash is a flow to each and none to the client.
    """
    exact = marked.withColumns(_worths()).withColumns(_exact_figures())
    rounded = exact.withColumns({"market_value": cents(F.col("end_value")), "total": _total(), **_rounded_parts()})
    others = [F.col(f"part_{name}") for name in (*_ROUNDED, "unexplained")]
    price = F.col("total")
    for other in others:
        price = price - other
    figures = (F.col("total"), price, *others, cents(F.col("external")))
    first_day = (*(F.lit(0) for _ in FIGURES[:-1]), F.col("market_value"))
    return rounded.withColumns(
        {
            name: F.when(F.col("is_inception"), first).otherwise(figure).cast(MONEY)
            for name, figure, first in zip(FIGURES, figures, first_day, strict=True)
        }
    )


def _worths() -> dict[str, Column]:
    """Local values at the closes and of the trades; cash trades against other cash at 1, so that all is FX."""
    start, splits = F.coalesce("start_quantity", F.lit(0)), F.col("split_units")
    # Without an opening position there is nothing to split: what came is unexplained.
    held_over = F.when(start != 0, start + splits).otherwise(0)
    return {
        "start_worth": local_value(start, F.col("start_price")),
        "held_worth": local_value(held_over, F.col("price")),
        "end_worth": local_value(F.coalesce("end_quantity", F.lit(0)), F.col("price")),
        "start_accrued": F.coalesce("start_accrued", F.lit(0)),
        "end_accrued": F.coalesce("end_accrued", F.lit(0)),
        "gross": F.when(is_cash(), F.col("units")).otherwise(F.col("gross")),
        "worth": F.when(is_cash(), F.col("units")).otherwise(F.col("worth")),
    }


def _exact_figures() -> dict[str, Column]:
    """The formulas of this module, rounded to 12 decimals only."""
    start, end, held = F.col("start_worth"), F.col("end_worth"), F.col("held_worth")
    a0, a1, f0, f1 = F.col("start_accrued"), F.col("end_accrued"), F.col("start_rate"), F.col("fx_rate")
    gross, worth, flow, income = F.col("gross"), F.col("worth"), F.col("flow"), F.col("income")
    start_value, end_value = base_value(start + a0, f0), base_value(end + a1, f1)
    return {
        "start_value": start_value,
        "end_value": end_value,
        "exact_total": (end_value - start_value - flow + income + F.col("fees")).cast(BASE),
        "exact_price": base_value(held - start, f0),
        "exact_fx": (base_value(held + a0, f1) - base_value(held + a0, f0) + base_value(worth, f1) - flow).cast(BASE),
        "exact_trading": base_value(local_value(F.col("units"), F.col("price")) - gross, f1),
        "exact_income": (income + base_value(a1 - a0 - (worth - gross), f1)).cast(BASE),
        "exact_fees": F.col("fees"),
    }


def _total() -> Column:
    moved = cents(F.col("end_value")) - cents(F.col("start_value")) - cents(F.col("flow"))
    return moved + cents(F.col("income")) + cents(F.col("fees"))


def _rounded_parts() -> dict[str, Column]:
    left = F.col("exact_total")
    for part in ("price", *_ROUNDED):
        left = left - F.col(f"exact_{part}")
    parts = {f"part_{name}": cents(F.col(f"exact_{name}")) for name in _ROUNDED}
    return {**parts, "part_unexplained": cents(F.bround(left, _NOISE_FREE))}
