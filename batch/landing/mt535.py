"""SWIFT MT535, the custodian's statement of holdings, as rows of a positions file.

Taken are the aggregate balances (`:93B::AGGR`) of each FIN sequence, not the sub-balances that they are the sum of.
A face amount is a quantity and its price comes in percent (`:90A:`), so that its price factor is 0.01.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from batch.landing.errors import BadFile
from batch.landing.messages import PER_UNIT, PERCENT, Holding
from batch.landing.swift import Sequence, day, messages, money, number

_LAST_PAGES = ("LAST", "ONLY")
# National numbers by the country that gives them; any other is internal to the sender.
_NATIONAL = {"US": "CUSIP", "GB": "SEDOL"}


def read_mt535(lines: Iterator[str]) -> Iterator[Holding]:
    """Read every page of every statement; BadFile where a page is missing or a statement is not complete."""
    pages: dict[tuple[str, str], tuple[int, str]] = {}
    found = False
    for message in messages(lines, "535"):
        found = True
        general = next(message.named("GENL"), None)
        if general is None:
            raise BadFile("a message without its general part (GENL)", message.line)
        as_of_date, account = _statement(general)
        _turn_page(pages, (account, as_of_date), general)
        for holder in (message, *message.named("SUBSAFE")):
            for block in holder.named("FIN"):
                yield _holding(block, as_of_date, holder.first("97", "SAFE") or account)
    if not found:
        raise BadFile("the file has no message")
    for (account, as_of_date), (page, mark) in pages.items():
        if mark not in _LAST_PAGES:
            raise BadFile(
                f"the statement of account {account} for {as_of_date} stops at page {page}, which is not its last"
            )


def _statement(general: Sequence) -> tuple[str, str]:
    function = general.first("23G")
    if function is not None and not function.startswith("NEWM"):
        raise BadFile(f"a message with function {function}, not a new one (NEWM)", general.line)
    if "DELT" in general.all("22F", "CODE"):
        raise BadFile("a statement of changes (DELT); only complete ones say what a day's positions are", general.line)
    account = general.first("97", "SAFE")
    if not account:
        raise BadFile("a statement without an account (:97A::SAFE)", general.line)
    try:
        return day(general.first("98", "STAT") or ""), account
    except ValueError as error:
        raise BadFile(f"the statement's date (:98A::STAT): {error}", general.line) from None


def _turn_page(pages: dict[tuple[str, str], tuple[int, str]], statement: tuple[str, str], general: Sequence) -> None:
    page, _, mark = (general.first("28E") or "1/ONLY").partition("/")
    previous, ended = pages.get(statement, (0, "MORE"))
    if not page.isdecimal() or int(page) != previous + 1 or ended in _LAST_PAGES:
        raise BadFile(f"page {page} of the statement of account {statement[0]} follows page {previous}", general.line)
    pages[statement] = int(page), mark.strip()


def _holding(block: Sequence, as_of_date: str, account: str) -> Holding:
    holding = Holding(block.line, as_of_date=as_of_date, account_id=account)
    try:
        _identify(block, holding)
        holding.quantity = f"{_quantity(block):f}"
        _price(block, holding)
        _accrued(block, holding)
    except ValueError as error:
        holding.malformed = str(error)
    return holding


def _identify(block: Sequence, holding: Holding) -> None:
    name = (block.first("35B") or "").split("\n")[0].strip()
    if name.startswith("ISIN "):
        holding.id_type, holding.instrument_id = "ISIN", name[5:].strip()
    elif name.startswith("/") and name.count("/") >= 2:
        _, country, code = name.split("/", 2)
        holding.id_type, holding.instrument_id = _NATIONAL.get(country, "INT"), code.strip()
    else:
        raise ValueError(f"`{name[:80]}` (:35B:) identifies no instrument")


def _quantity(block: Sequence) -> Decimal:
    balances = [text.split("/", 1) for text in block.all("93B", "AGGR")]
    # AMOR is a face amount again, less what was paid back.
    plain = [parts for parts in balances if parts[0] in ("UNIT", "FAMT")]
    if len(plain) != 1 or len(plain[0]) != 2:
        raise ValueError(f"{len(plain)} aggregate balances (:93B::AGGR) in units or face amount, not one")
    return number(plain[0][1])


def _price(block: Sequence, holding: Holding) -> None:
    """Take the market price; a private fund may have none."""
    per_unit, percent = block.first("90B", "MRKT"), block.first("90A", "MRKT")
    if per_unit is not None:
        kind, _, amount = per_unit.partition("/")
        holding.price_ccy, price = money(amount)
        if kind != "ACTU":
            raise ValueError(f"a price of type {kind} (:90B:), not an actual amount (ACTU)")
        holding.price, holding.price_factor = f"{price:f}", PER_UNIT
    elif percent is not None:
        kind, _, rate = percent.partition("/")
        if kind != "PRCT":
            raise ValueError(f"a price of type {kind} (:90A:), not a percentage (PRCT)")
        holding.price, holding.price_factor = f"{number(rate):f}", PERCENT
        holding.price_ccy = _currency(block)
    else:
        holding.price_ccy = _currency(block)
    priced_at = block.first("98", "PRIC")
    holding.price_date = day(priced_at) if priced_at else None


def _currency(block: Sequence) -> str:
    """Return the instrument's currency: its denomination, else that of its value.

    A value in two currencies comes with `:92B::EXCH//first/second/rate`, and the first is the instrument's.
    """
    attributes = next(block.named("FIA"), block)
    denomination = attributes.first("11A", "DENO")
    held = [money(text)[0] for text in block.all("19A", "HOLD")]
    if denomination:
        return denomination
    if len(set(held)) == 1:
        return held[0]
    exchange = (block.first("92B", "EXCH") or "").split("/")[0]
    if exchange not in held:
        raise ValueError("nothing says which currency the price is in")
    return exchange


def _accrued(block: Sequence, holding: Holding) -> None:
    amounts = dict(money(text) for text in block.all("19A", "ACRU"))
    if amounts:
        if holding.price_ccy not in amounts:
            raise ValueError(f"accrued interest in {', '.join(amounts)}, the price is in {holding.price_ccy}")
        holding.accrued = f"{amounts[holding.price_ccy]:f}"
