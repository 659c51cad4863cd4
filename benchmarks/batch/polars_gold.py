"""A day's figures in Polars: the formulas of `batch.pnl`, products rounded to 12 decimals on the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl
from polars import col, lit, when

from benchmarks.batch.polars_clients import client_rows, quality_name, share

KEY = ["client_id", "account_id", "instrument_id"]
STALE_DAYS, FACTOR_DAYS, NOISE_FREE = 10, 92, 9
PRICE, EXACT, MONEY = pl.Decimal(22, 10), pl.Decimal(38, 12), pl.Decimal(20, 2)
PARTS = ["pnl_price", "pnl_fx", "pnl_trading", "pnl_income", "pnl_fees", "pnl_unexplained"]
BOOKED = ["units", "gross", "worth", "flow", "external", "income", "fees", "split_units"]


@dataclass(frozen=True, slots=True)
class DayFrames:
    """What a day's figures are made of; `before` and `clients_before` are of the day before."""

    positions: pl.DataFrame
    before: pl.DataFrame
    transactions: pl.DataFrame
    prices: pl.DataFrame
    rates: pl.DataFrame
    clients_before: pl.DataFrame


def figures(of: DayFrames, day: date, previous: date | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the day's figures of clients and of positions."""
    clients = _clients(of)
    now, start = _quotes(of.prices, day), _quotes(of.prices, previous or day)
    rates, start_rates = (
        of.rates.filter(col("day") == each).select("ccy", "base_ccy", "rate", "rate_age")
        for each in (day, previous or day)
    )
    held = _holdings(of, _legs(of, clients, now, rates)).join(clients, on="client_id")
    marked = _marked(held, day, now, start, rates, start_rates)
    positions = _attributed(marked)
    net = col("market_value").sum().over("client_id")
    positions = positions.with_columns(weight=share(col("market_value"), net))
    return client_rows(positions, of.clients_before), positions


def _clients(of: DayFrames) -> pl.DataFrame:
    today, before = (frame.group_by("client_id").agg(col("base_ccy").first()) for frame in (of.positions, of.before))
    both = today.join(before, on="client_id", how="full", coalesce=True, suffix="_before")
    return both.select(
        "client_id",
        pl.coalesce("base_ccy", "base_ccy_before").alias("client_ccy"),
        col("base_ccy_before").is_null().alias("is_inception"),
    )


def _quotes(prices: pl.DataFrame, day: date) -> pl.DataFrame:
    """Return each instrument's last price as of a day."""
    known = prices.filter(col("as_of_date").is_between(day - timedelta(days=FACTOR_DAYS), day))
    last = known.sort("as_of_date").group_by("instrument_id").last()
    age = (lit(day) - col("as_of_date")).dt.total_days()
    fresh = age <= STALE_DAYS
    return last.select(
        "instrument_id",
        "unit_factor",
        when(fresh).then("price").alias("quote"),
        when(fresh).then("ccy").alias("quote_ccy"),
        when(fresh).then("as_of_date").alias("quote_date"),
        when(fresh).then(age).alias("quote_age"),
    )


def _unit_price(price: str, factor: str = "unit_factor") -> pl.Expr:
    return (col(price) * col(factor).fill_null(1)).cast(PRICE)


def _legs(of: DayFrames, clients: pl.DataFrame, quotes: pl.DataFrame, rates: pl.DataFrame) -> pl.DataFrame:
    """Return what was booked to each position: a leg at the security, and one at the cash that paid for it."""
    is_cash = col("instrument_id").is_null() | (col("instrument_id") == col("ccy"))
    is_transfer = col("kind").is_in(["transfer_in", "transfer_out"])
    rows = of.transactions.join(clients.filter(~col("is_inception")), on="client_id")
    rows = rows.join(quotes, on="instrument_id", how="left")
    rows = rows.join(rates, left_on=["ccy", "client_ccy"], right_on=["ccy", "base_ccy"], how="left")
    rows = rows.with_columns(
        is_cash=is_cash,
        is_transfer=is_transfer,
        f=pl.coalesce("fx_rate", "rate").fill_null(0),
        price=_unit_price("price"),
    )
    moved, bought = pl.coalesce("amount", "quantity"), col("quantity") * col("price")
    delivered = col("quantity") * pl.coalesce("price", "quote").fill_null(0)
    rows = rows.with_columns(
        units=when("is_cash").then(moved).otherwise("quantity").cast(EXACT),
        gross=when("is_cash").then(moved).when("is_transfer").then(delivered)
        .otherwise(pl.coalesce(bought, -col("amount"))).cast(EXACT),
    ).with_columns(
        worth=when("is_transfer").then("gross").otherwise(pl.coalesce(-col("amount").cast(EXACT), "gross")),
        cash=pl.coalesce(col("amount").cast(EXACT), -col("gross")),
    ).with_columns(base_worth=col("worth") * col("f"), base_cash=col("cash") * col("f"))  # fmt: skip
    return _added_up(rows)


def _added_up(rows: pl.DataFrame) -> pl.DataFrame:
    """Split transactions into their legs and add these up by position."""
    kind = col("kind")
    trades, income = kind.is_in(["buy", "sell"]), kind.is_in(["dividend", "interest"])
    moves = trades | col("is_transfer")
    at_position = {
        "units": (moves, "units"), "gross": (moves, "gross"), "worth": (moves, "worth"), "flow": (moves, "base_worth"),
        "external": (col("is_transfer"), "base_worth"), "income": (income, "base_cash"),
        "fees": (kind == "fee", "base_cash"),
        "split_units": (kind == "split", "quantity"),
    }  # fmt: skip
    security = rows.select(
        "client_id",
        "account_id",
        when("is_cash").then("ccy").otherwise("instrument_id").alias("instrument_id"),
        when("is_cash").then(lit("CASH")).alias("booked_type"),
        col("ccy").alias("booked_ccy"),
        *(when(holds).then(name).otherwise(0).cast(EXACT).alias(leg) for leg, (holds, name) in at_position.items()),
    )
    cash = rows.filter(trades | income | (kind == "fee")).select(
        "client_id",
        "account_id",
        col("ccy").alias("instrument_id"),
        lit("CASH").alias("booked_type"),
        col("ccy").alias("booked_ccy"),
        *(col("cash").alias(name) for name in BOOKED[:3]),
        col("base_cash").alias("flow"),
        *(lit(0).cast(EXACT).alias(name) for name in BOOKED[4:]),
    )
    booked = pl.concat([security, cash]).group_by(KEY)
    return booked.agg(col("booked_type", "booked_ccy").max(), *(col(name).sum() for name in BOOKED))


def _holdings(of: DayFrames, legs: pl.DataFrame) -> pl.DataFrame:
    """Return the position at both closes side by side with what was booked to it."""
    kept = [*KEY, "id_type", "quantity", "accrued", "price", "price_ccy"]
    end = of.positions.select(*kept, "price_date")
    start = of.before.select(*kept).rename({name: f"start_{name}" for name in kept[3:]})
    rows = end.join(start, on=KEY, how="full", coalesce=True).join(legs, on=KEY, how="full", coalesce=True)
    return rows.with_columns(
        is_held=col("quantity").is_not_null(),
        id_type=pl.coalesce("id_type", "start_id_type", "booked_type", lit("INT")),
        q1=col("quantity").fill_null(0),
        q0=col("start_quantity").fill_null(0),
        a1=col("accrued").fill_null(0).cast(EXACT),
        a0=col("start_accrued").fill_null(0).cast(EXACT),
        **{name: col(name).fill_null(0) for name in BOOKED},
    ).with_columns(is_cash=col("id_type") == "CASH")


def _marked(
    held: pl.DataFrame,
    day: date,
    now: pl.DataFrame,
    start: pl.DataFrame,
    rates: pl.DataFrame,
    start_rates: pl.DataFrame,
) -> pl.DataFrame:
    """Add prices and rates of both closes, and how good the day's are."""
    rows = held.join(now, on="instrument_id", how="left").join(start, on="instrument_id", how="left", suffix="_0")
    start_own, own = _unit_price("start_price", "unit_factor_0"), _unit_price("price")
    rows = rows.with_columns(
        p0=when("is_cash").then(1).otherwise(pl.coalesce("quote_0", start_own).fill_null(0)).cast(PRICE),
        start_ccy=when("is_cash").then("instrument_id").otherwise(pl.coalesce("quote_ccy_0", "start_price_ccy")),
        mark_ccy=when("is_cash").then("instrument_id").otherwise(
            pl.coalesce("quote_ccy", "price_ccy", "quote_ccy_0", "start_price_ccy", "booked_ccy")
        ),
    )  # fmt: skip
    last = when(~col("is_held")).then("p0")
    rows = rows.with_columns(
        p1=when("is_cash").then(1).otherwise(pl.coalesce("quote", own, last).fill_null(0)).cast(PRICE)
    )
    rows = rows.join(rates, left_on=["mark_ccy", "client_ccy"], right_on=["ccy", "base_ccy"], how="left")
    start_rates = start_rates.rename({"rate": "f0", "rate_age": "f0_age"})
    rows = rows.join(start_rates, left_on=["start_ccy", "client_ccy"], right_on=["ccy", "base_ccy"], how="left")
    of_price = (
        when(col("is_cash") | (col("quote_age") == 0)).then(0).when(col("quote_age") > 0).then(1)
        .when(col("price").is_not_null()).then(2).otherwise(3)
    )  # fmt: skip
    of_rate = when(col("rate").is_null()).then(3).when(col("rate_age") > 0).then(1).otherwise(0)
    age = pl.max_horizontal(
        when("is_cash").then(0).otherwise(col("quote_age").fill_null(0)), col("rate_age").fill_null(0)
    )
    own_date = when(col("price").is_not_null()).then("price_date")
    mark_date = when("is_cash").then(lit(day)).otherwise(pl.coalesce("quote_date", own_date))
    return rows.with_columns(
        f1=col("rate").fill_null(0),
        f0=col("f0").fill_null(0),
        mark_date=when("is_held").then(mark_date),
        quality_rank=when("is_held").then(pl.max_horizontal(of_price, of_rate)).otherwise(0),
        quality_days=when("is_held").then(age).otherwise(0),
    )


def _cents(value: pl.Expr) -> pl.Expr:
    return value.round(2, mode="half_to_even").cast(MONEY)


def _attributed(marked: pl.DataFrame) -> pl.DataFrame:
    """Return the figures of each position."""
    cash_units = {name: when("is_cash").then("units").otherwise(name) for name in ("gross", "worth")}
    split = when(col("q0") != 0).then(col("q0") + col("split_units")).otherwise(0)
    rows = marked.with_columns(
        start_worth=col("q0") * col("p0"), end_worth=col("q1") * col("p1"), held=split * col("p1"), **cash_units
    )
    f0, f1, flow, income, fees = (col(name) for name in ("f0", "f1", "flow", "income", "fees"))
    rows = rows.with_columns(
        start_value=(col("start_worth") + col("a0")) * f0,
        end_value=(col("end_worth") + col("a1")) * f1,
        price_part=(col("held") - col("start_worth")) * f0,
        fx_part=(col("held") + col("a0")) * (f1 - f0) + col("worth") * f1 - flow,
        trading_part=(col("units") * col("p1") - col("gross")) * f1,
        income_part=income + (col("a1") - col("a0") - (col("worth") - col("gross"))) * f1,
    )
    explained = pl.sum_horizontal("price_part", "fx_part", "trading_part", "income_part")
    left = col("end_value") - col("start_value") - flow + income - explained
    rows = rows.with_columns(
        market_value=_cents(col("end_value")),
        total=_cents(col("end_value")) - _cents(col("start_value")) - _cents(flow) + _cents(income) + _cents(fees),
        pnl_fx=_cents(col("fx_part")),
        pnl_trading=_cents(col("trading_part")),
        pnl_income=_cents(col("income_part")),
        pnl_fees=_cents(fees),
        pnl_unexplained=_cents(left.round(NOISE_FREE, mode="half_to_even")),
    ).with_columns(pnl_price=col("total") - sum((col(name) for name in PARTS[1:]), lit(0)))
    first = col("is_inception")
    shown = {name: when(first).then(0).otherwise(name).cast(MONEY) for name in PARTS}
    return rows.select(
        *KEY, "id_type", "mark_date", "market_value", "quality_rank", "quality_days", **shown,
        base_ccy="client_ccy", quantity="q1", price="p1", price_ccy="mark_ccy", price_date="mark_date", fx_rate="f1",
        pnl_total=when(first).then(0).otherwise("total").cast(MONEY),
        net_flows=when(first).then("market_value").otherwise(_cents(col("external"))),
        quality=quality_name(col("quality_rank")),
    )  # fmt: skip
