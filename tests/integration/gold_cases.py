"""The cases of gold by hand: two days of many clients, each one case, and a week of two; the working is beside it."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.integration.silver_rows import instrument, position, price, rate, transaction

# Years after what other tests load, so that nothing of theirs depends on it.
FRIDAY, SATURDAY, MONDAY = date(2031, 3, 7), date(2031, 3, 8), date(2031, 3, 10)
WEEK = [date(2031, 7, day) for day in (7, 8, 9, 10, 11)]

# Two days' closes: an American share, a bond in per cent, and what the files leave open.
PRICES = [
    price(FRIDAY, "SHARE", "50", "USD"),
    price(MONDAY, "SHARE", "52", "USD"),
    price(FRIDAY, "SPLIT", "100"),
    price(MONDAY, "SPLIT", "50.5"),
    price(FRIDAY, "MERGED", "1"),
    price(MONDAY, "MERGED", "10.2"),
    price(FRIDAY, "BOND", "0.98", unit_factor="0.01"),
    price(MONDAY, "BOND", "0.99", unit_factor="0.01"),
    price(FRIDAY, "PENCE", "2.5", "GBP"),
    price(MONDAY, "PENCE", "2.6", "GBP"),
    price(FRIDAY, "QUIET", "10"),
    price(MONDAY, "HALVES", "0.125"),
    price(date(2031, 2, 10), "LAPSED", "0.90", unit_factor="0.01"),
]
# A share changes its issuer over the weekend; the bond is described after the days that are looked at.
INSTRUMENTS = [
    instrument(FRIDAY, "SHARE", "Target", "equity", "US"),
    instrument(SATURDAY, "SHARE", "Bidder", "equity", "US"),
    instrument(FRIDAY, "PENCE", "Bidder", "equity", "GB"),
    instrument(date(2031, 3, 11), "BOND", "Bidder", "bond", "US"),
]
FX = [
    rate(FRIDAY, "USDEUR", "0.90"),
    rate(MONDAY, "USDEUR", "0.92"),
    rate(FRIDAY, "GBPEUR", "1.20"),
    rate(MONDAY, "GBPEUR", "1.15"),
    rate(FRIDAY, "NOKEUR", "0.085"),
]


def held(client: str, instrument: str, before: str | None, after: str | None, **more: Any) -> list[Any]:
    """A position's rows of the two days; `x0` and `x1` among the rest are a column's value on one of them."""
    rows = []
    for suffix, day, quantity in (("0", FRIDAY, before), ("1", MONDAY, after)):
        columns = {name[:-1]: value for name, value in more.items() if name[-1] == suffix}
        if quantity is not None:
            rows.append(position(day, client, instrument, quantity, **columns))
    return rows


POSITIONS = [
    *held("rise", "SHARE", "100", "100"),
    *held("short", "SHARE", "-100", "-100"),
    *held("dollars", "USD", "1000", "1000"),
    *held("bought", "SHARE", "100", "150"),
    *held("bought", "USD", "5000", "2450"),
    *held("split", "SPLIT", "10", "20"),
    *held("split unheld", "SPLIT", None, "10"),
    *held("split unheld", "EUR", "1", "1"),
    *held("merged", "MERGED", "100", "10"),
    *held("bond", "BOND", "1000", "1500", accrued0="10", accrued1="18"),
    *held("bond", "EUR", "600", "101.5"),
    *held("coupon", "BOND", "1000", "1000", accrued0="30", accrued1="1"),
    *held("coupon", "EUR", "0", "30"),
    *held("pence", "PENCE", "1000", "1200"),
    *held("pence", "GBP", "600", "90"),
    *held("paid", "SHARE", "100", "100"),
    *held("paid", "USD", "0", "38"),
    *held("paid", "EUR", "100", "95"),
    *held("new", "SHARE", None, "100"),
    *held("closed", "SHARE", "100", None),
    *held("closed", "USD", "0", "5150"),
    *held("closed blind", "NOPRICE", "100", None, price0="7"),
    *held("closed blind", "EUR", "0", "750"),
    *held("day trade", "USD", "0", "10"),
    *held("quiet", "QUIET", "10", "10"),
    *held("estimated", "PRIVATE", "10", "10", price0="7", price1="7.5"),
    *held("lapsed", "LAPSED", "1000", "1000", price0="91", price1="92"),
    *held("statement", "LAPSED", "1000", "1000", price0="0.91", price1="0.92", unit_factor0="1", unit_factor1="1"),
    *held("missing", "NOPRICE", "10", "10"),
    *held("missing", "QUIET", "10", "10"),
    *held("kroner", "NOK", "1000", "1000"),
    *held("no rate", "XAU", "1000", "1000"),
    *held("lost trade", "SHARE", "100", "110"),
    *held("lost trade", "USD", "1000", "480"),
    *held("moved in", "SHARE", "100", "110"),
    *held("moved in", "EUR", "0", "1000"),
    *held("spot", "USD", "0", "1000"),
    *held("spot", "EUR", "2000", "1090"),
    *held("halves", "HALVES", "1", "3"),
    *held("halves", "EUR", "0", "0"),
]
TRANSACTIONS = [
    transaction(
        SATURDAY, "bought", "buy", "SHARE", ccy="USD", quantity="50", price="51", fx_rate="0.91", amount="-2550"
    ),
    transaction(MONDAY, "split", "split", "SPLIT", quantity="10"),
    transaction(MONDAY, "split unheld", "split", "SPLIT", quantity="10"),
    transaction(MONDAY, "merged", "split", "MERGED", quantity="-90"),
    transaction(MONDAY, "bond", "buy", "BOND", quantity="500", price="98.5", amount="-498.5"),
    transaction(MONDAY, "coupon", "interest", "BOND", amount="30"),
    transaction(MONDAY, "pence", "buy", "PENCE", ccy="GBP", quantity="200", price="2.55"),
    transaction(MONDAY, "paid", "dividend", "SHARE", ccy="USD", amount="40"),
    transaction(MONDAY, "paid", "fee", "SHARE", ccy="USD", amount="-2", fx_rate="0.91"),
    transaction(MONDAY, "paid", "fee", "", amount="-5"),
    transaction(MONDAY, "new", "buy", "SHARE", ccy="USD", quantity="100", price="51", amount="-5100"),
    transaction(MONDAY, "closed", "sell", "SHARE", ccy="USD", quantity="-100", price="51.5", amount="5150"),
    transaction(MONDAY, "closed blind", "sell", "NOPRICE", quantity="-100", price="7.5", amount="750"),
    transaction(MONDAY, "day trade", "buy", "SHARE", ccy="USD", quantity="10", price="50", amount="-500"),
    transaction(MONDAY, "day trade", "sell", "SHARE", ccy="USD", quantity="-10", price="51", amount="510"),
    transaction(MONDAY, "moved in", "transfer_in", "SHARE", ccy="USD", quantity="10"),
    transaction(MONDAY, "moved in", "transfer_in", "EUR", quantity="1000"),
    transaction(MONDAY, "spot", "buy", "USD", quantity="1000", price="0.91", amount="-910"),
    transaction(MONDAY, "halves", "buy", "HALVES", quantity="2", price="0.125", amount="-0.25"),
    transaction(FRIDAY, "rise", "buy", "SHARE", ccy="USD", quantity="7", price="50", amount="-350"),
    transaction(MONDAY, "stranger", "fee", "", amount="-1"),
]

# client, instrument: market value, total = price + FX + trading + income + fees + unexplained, net flows.
EXPECTED = {
    # 100 x (52 - 50) x 0.90; 100 x 50 x 0.02 + 100 x 2 x 0.02. The trade of Friday is not Monday's.
    ("rise", "SHARE"): "4784 | 284 = 180 + 104 + 0 + 0 + 0 + 0 | 0",
    ("short", "SHARE"): "-4784 | -284 = -180 + -104 + 0 + 0 + 0 + 0 | 0",
    ("dollars", "USD"): "920 | 20 = 0 + 20 + 0 + 0 + 0 + 0 | 0",
    # 50 bought on Saturday at 51 and 0.91: FX 50 x 51 x 0.01 more, trading 50 x (52 - 51) x 0.92.
    ("bought", "SHARE"): "7176 | 355.50 = 180 + 129.50 + 46 + 0 + 0 + 0 | 0",
    # 5000 x 0.02 - 2550 x (0.92 - 0.91)
    ("bought", "USD"): "2254 | 74.50 = 0 + 74.50 + 0 + 0 + 0 + 0 | 0",
    # 20 x 50.5 - 10 x 100; 10 x 10.2 - 100 x 1
    ("split", "SPLIT"): "1010 | 10 = 10 + 0 + 0 + 0 + 0 + 0 | 0",
    ("split unheld", "SPLIT"): "505 | 505 = 0 + 0 + 0 + 0 + 0 + 505 | 0",
    ("merged", "MERGED"): "102 | 2 = 2 + 0 + 0 + 0 + 0 + 0 | 0",
    # 500 at 98.5 per cent with 6 accrued: 1503 - 990 - 498.5; trading 500 x 0.005; accrued 18 - 10 - 6.
    ("bond", "BOND"): "1503 | 14.50 = 10 + 0 + 2.50 + 2 + 0 + 0 | 0",
    ("bond", "EUR"): "101.50 | 0 = 0 + 0 + 0 + 0 + 0 + 0 | 0",
    # 30 paid, accrued from 30 to 1
    ("coupon", "BOND"): "991 | 11 = 10 + 0 + 0 + 1 + 0 + 0 | 0",
    ("coupon", "EUR"): "30 | 0 = 0 + 0 + 0 + 0 + 0 + 0 | 0",
    # No amount: 200 x 2.55. Price 1000 x 0.1 x 1.20; FX 1000 x 2.6 x -0.05; trading 200 x 0.05 x 1.15.
    ("pence", "PENCE"): "3588 | 1.50 = 120 + -130 + 11.50 + 0 + 0 + 0 | 0",
    ("pence", "GBP"): "103.50 | -30 = 0 + -30 + 0 + 0 + 0 + 0 | 0",
    # 40 x 0.92, and 2 x 0.91
    ("paid", "SHARE"): "4784 | 318.98 = 180 + 104 + 0 + 36.80 + -1.82 + 0 | 0",
    # 38 x 0.92 less what came in, 40 x 0.92 - 2 x 0.91
    ("paid", "USD"): "34.96 | -0.02 = 0 + -0.02 + 0 + 0 + 0 + 0 | 0",
    ("paid", "EUR"): "95 | -5 = 0 + 0 + 0 + 0 + -5 + 0 | 0",
    ("new", "SHARE"): "4784 | 0 = 0 + 0 + 0 + 0 + 0 + 0 | 4784",
    # -100 x (52 - 51.5) x 0.92
    ("closed", "SHARE"): "0 | 238 = 180 + 104 + -46 + 0 + 0 + 0 | 0",
    # Judged at the day before's 7: all is trading.
    ("closed blind", "NOPRICE"): "0 | 50 = 0 + 0 + 50 + 0 + 0 + 0 | 0",
    # 10 x (51 - 50) x 0.92
    ("day trade", "SHARE"): "0 | 9.20 = 0 + 0 + 9.20 + 0 + 0 + 0 | 0",
    ("quiet", "QUIET"): "100 | 0 = 0 + 0 + 0 + 0 + 0 + 0 | 0",
    ("estimated", "PRIVATE"): "75 | 5 = 5 + 0 + 0 + 0 + 0 + 0 | 0",
    # The custodian quotes it in per cent, as the last price a month ago said.
    ("lapsed", "LAPSED"): "920 | 10 = 10 + 0 + 0 + 0 + 0 + 0 | 0",
    # The statement says itself that its quote is per unit, whatever the last price's factor was.
    ("statement", "LAPSED"): "920 | 10 = 10 + 0 + 0 + 0 + 0 + 0 | 0",
    ("missing", "NOPRICE"): "0 | 0 = 0 + 0 + 0 + 0 + 0 + 0 | 0",
    ("kroner", "NOK"): "85 | 0 = 0 + 0 + 0 + 0 + 0 + 0 | 0",
    ("no rate", "XAU"): "0 | 0 = 0 + 0 + 0 + 0 + 0 + 0 | 0",
    # 10 x 52 x 0.92 at the security, as much the other way at the cash
    ("lost trade", "SHARE"): "5262.40 | 762.40 = 180 + 104 + 0 + 0 + 0 + 478.40 | 0",
    ("lost trade", "USD"): "441.60 | -458.40 = 0 + 20 + 0 + 0 + 0 + -478.40 | 0",
    # Without a price of its own a transfer comes in at the day's.
    ("moved in", "SHARE"): "5262.40 | 284 = 180 + 104 + 0 + 0 + 0 + 0 | 478.40",
    ("moved in", "EUR"): "1000 | 0 = 0 + 0 + 0 + 0 + 0 + 0 | 1000",
    # 1000 dollars for 910 euros, worth 920 at the close
    ("spot", "USD"): "920 | 10 = 0 + 10 + 0 + 0 + 0 + 0 | 0",
    ("spot", "EUR"): "1090 | 0 = 0 + 0 + 0 + 0 + 0 + 0 | 0",
    # 0.375 and 0 (no price on Friday), 0.25: halves go to the even cent, and price takes what is left.
    ("halves", "HALVES"): "0.38 | 0.13 = 0.13 + 0 + 0 + 0 + 0 + 0 | 0",
}
QUALITY = {
    ("rise", "SHARE"): ("ok", 0),
    ("dollars", "USD"): ("ok", 0),
    ("quiet", "QUIET"): ("stale", 3),
    ("kroner", "NOK"): ("stale", 3),
    ("estimated", "PRIVATE"): ("estimated", 0),
    ("missing", "NOPRICE"): ("missing", 0),
    ("no rate", "XAU"): ("missing", 0),
    ("closed", "SHARE"): ("ok", 0),
}

# A fund that rises, falls and rises again; a deposit on Thursday; and a client who is away on Wednesday.
FUND = dict(zip(WEEK, ("10", "11", "9.9", "9.9", "10.89"), strict=True))
WEEK_POSITIONS = [
    *(position(day, "chain", "FUND", "100") for day in WEEK),
    *(position(day, "chain", "EUR", "0" if day < WEEK[3] else "110") for day in WEEK),
    *(position(day, "away", "FUND", "100") for day in WEEK if day != WEEK[2]),
]
DEPOSIT = transaction(WEEK[3], "chain", "transfer_in", "EUR", amount="110")
