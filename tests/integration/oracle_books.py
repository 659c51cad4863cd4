"""The books that gold and the oracle are compared on: fifty made-up ones, one trade deleted, and hand-made extremes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from ops.demo.portfolios.days import generate
from ops.demo.portfolios.identifiers import make_isin
from ops.oracle.files import DayFiles, TextRow

# Dates that no other test uses; a weekend lies between them.
END = date(2013, 7, 3)
DAYS, CLIENTS, SEED = 6, 50, 31

# The extremes: days, client, instrument, units, custodian's price, currency, accrued interest. `-` is empty.
_POSITIONS = """
0-1 SPLITS  split     100    80     USD -
2-5 SPLITS  split     410    20.5   USD -
0-1 SPLITS  reverse   -1000  0.5    EUR -
2-5 SPLITS  reverse   -100   5.1    EUR -
0-1 SPLITS  USD       500    1      USD -
2-5 SPLITS  USD       299    1      USD -
0   PENCE   requoted  100    1234   GBX -
1   PENCE   requoted  110    1234   GBX -
2-3 PENCE   requoted  115    1234   GBX -
4-5 PENCE   requoted  100    12.5   GBP -
0   PENCE   bond      10000  98.5   GBP 50
1-2 PENCE   bond      15000  98.5   GBP 80.25
3   PENCE   bond      15000  98.5   GBP 82
4-5 PENCE   bond      15000  98.5   GBP 0.5
0   PENCE   GBP       1000   1      GBP -
1   PENCE   GBP      -4073   1      GBP -
2-3 PENCE   GBP      -4134.55 1     GBP -
4-5 PENCE   GBP      -3721.90 1     GBP -
0   SHORT   short    -500    200    USD -
1   SHORT   short    -600    201    USD -
2-3 SHORT   short    -300    201    USD -
0   SHORT   USD       100000 1      USD -
1   SHORT   USD       120200 1      USD -
2   SHORT   USD       60800  1      USD -
3   SHORT   USD       60750  1      USD -
4-5 SHORT   USD       890.01 1      USD -
0-5 FX-ONLY still     100    50     USD -
0-5 FX-ONLY USD       1000   1      USD -
0-5 CARRIED carried   20     61     EUR -
0-2 CARRIED estimated 30     10.5   GBP -
3-5 CARRIED estimated 30     1101   GBX -
0-5 CARRIED unpriced  40     -      EUR -
3   LATE    still     10     50     USD -
4-5 LATE    still     15     50     USD -
3   LATE    EUR       100    1      EUR -
4   LATE    EUR       60     1      EUR -
5   LATE    EUR       59     1      EUR -
0-2 LEAVES  still     100    50     USD -
5   LEAVES  still     7      50     USD -
0-2 LEAVES  EUR       10     1      EUR -
"""
# Days, instrument, price, currency, factor.
_PRICES = """
0   split    80     USD 1
1   split    82     USD 1
2-5 split    20.5   USD 1
0-1 reverse  0.5    EUR 1
2-5 reverse  5.1    EUR 1
0-2 requoted 1234   GBX 1
3-5 requoted 12.5   GBP 1
0-2 bond     98.5   GBP 0.01
3-5 bond     98.725 GBP 0.01
0   short    200    USD 1
1-3 short    201.25 USD 1
4-5 short    199    USD 1
0-1 carried  60     EUR 1
0-5 still    50     USD 1
"""
# Day, client, instrument, kind, units, price, currency, rate, amount.
_BOOKINGS = """
2 SPLITS split    split        300   0     USD -    -
2 SPLITS split    buy          10    20.1  USD -    -201
2 SPLITS reverse  split        900   0     EUR -    -
1 PENCE  requoted buy          10    1230  GBX -    -
2 PENCE  requoted buy          5     12.31 GBP 1.16 -61.55
4 PENCE  requoted sell        -15    1251  GBX -    18765
1 PENCE  bond     buy          5000  98.4  GBP -    -4950
4 PENCE  bond     interest     -     -     GBP -    225
1 SHORT  short    sell        -100   202   USD 0.78 20200
2 SHORT  short    buy          300   198   USD -    -
3 SHORT  short    dividend     -     -     USD -    -50
4 SHORT  short    buy          300   199.5 USD 0.91 -59850
4 SHORT  short    fee          -     -     USD -    -9.99
4 LATE   still    transfer_in  5     50.5  USD -    -
4 LATE   EUR      transfer_out -40   1     EUR -    -40
5 LATE   -        fee          -     -     EUR -    -1
3 LEAVES still    transfer_out -100  50    USD -    -
3 LEAVES EUR      transfer_out -10   1     EUR -    -
"""
_NAMES = ("split", "reverse", "requoted", "bond", "short", "carried", "estimated", "unpriced", "still")
ISIN = {name: make_isin("DE", 900_000_000 + number) for number, name in enumerate(_NAMES)}


@dataclass(frozen=True)
class Books:
    """The days as the oracle reads them, the accounts, and the trade that is not in the files."""

    days: list[DayFiles]
    accounts: list[dict[str, str]]
    deleted: TextRow


def make_books() -> Books:
    """Draw the made-up days, take one trade away, and add the extremes."""
    drawn = list(generate([f"ORACLE-{n:02d}" for n in range(CLIENTS)], DAYS, SEED, END, per_client=(8, 30)))
    days = [DayFiles.of_csv(day.as_of, {kind: day.csv(kind).decode() for kind in day.tables}) for day in drawn]
    deleted = next(
        row for row in days[3].transactions if row["kind"] == "buy" and row["amount"] and row["ccy"] == "USD"
    )
    accounts = drawn[0].accounts.to_pylist()
    accounts += [{"client_id": name, "account_id": f"{name}-1", "base_ccy": "EUR"} for name in _clients()]
    return Books([_with_extremes(day, number, deleted) for number, day in enumerate(days)], accounts, deleted)


def to_csv(rows: Sequence[TextRow]) -> bytes:
    """Return rows of the same columns as CSV."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def _with_extremes(day: DayFiles, number: int, deleted: TextRow) -> DayFiles:
    as_of = str(day.as_of)
    positions = [
        {
            "as_of_date": as_of,
            "id_type": "ISIN" if row["instrument_id"] in ISIN.values() else "CASH",
            "price_date": as_of,
            "cost_price": "",
            "base_ccy": "EUR",
            **row,
        }
        for row in _rows(_POSITIONS, "client_id instrument_id quantity price price_ccy accrued", number)
    ]
    priced = _rows(_PRICES, "instrument_id price ccy price_factor", number)
    booked = _rows(_BOOKINGS, "client_id instrument_id kind quantity price ccy fx_rate amount", number)
    drawn = [row for row in day.transactions if row is not deleted]
    return DayFiles(
        day.as_of,
        [*day.positions, *positions],
        [*day.prices, *({"as_of_date": as_of, **row} for row in priced)],
        day.fx,
        [*drawn, *({"trade_date": as_of, **row} for row in booked)],
        day.instruments,
    )


def _rows(table: str, columns: str, number: int) -> Iterator[dict[str, str]]:
    """Yield the lines of one day as rows; a client has one account."""
    for line in table.strip().splitlines():
        days, *fields = line.split()
        first, _, last = days.partition("-")
        if int(first) <= number <= int(last or first):
            row = dict(zip(columns.split(), ("" if each == "-" else each for each in fields), strict=True))
            row["instrument_id"] = ISIN.get(row["instrument_id"], row["instrument_id"])
            yield {**row, "account_id": f"{row['client_id']}-1"} if "client_id" in row else row


def _clients() -> list[str]:
    return sorted({line.split()[1] for line in _POSITIONS.strip().splitlines()})
