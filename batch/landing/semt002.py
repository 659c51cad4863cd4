"""ISO 20022 semt.002, the custodian's balance report, as rows of a positions file; read by names without namespace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import IO, Any
from xml.sax import SAXException
from xml.sax.handler import ContentHandler, feature_namespaces

from defusedxml import DefusedXmlException
from defusedxml.sax import make_parser

from batch.landing.errors import BadFile
from batch.landing.messages import PER_UNIT, PERCENT, Holding
from batch.landing.spool import CHUNK_BYTES

_REPORT = "SctiesBalCtdyRpt"
_BALANCES = ("BalForAcct", "BalForSubAcct")
_DEPTH = 64
_NATIONAL = {"CUSP": "CUSIP", "SEDL": "SEDOL", "FIGI": "FIGI", "FIGC": "FIGI", "FIGG": "FIGI"}


@dataclass(slots=True)
class Node:
    """An element: its name, line, currency attribute, text and children."""

    name: str
    line: int
    ccy: str | None = None
    text: str = ""
    children: list[Node] = field(default_factory=list)

    def find(self, *path: str) -> Node | None:
        """Follow names downwards, the first child of each; None where one is missing."""
        node: Node | None = self
        for name in path:
            node = next((child for child in node.children if child.name == name), None) if node else None
        return node

    def value(self, *path: str) -> str | None:
        """Return the text at the end of a path, None where it is missing or empty."""
        node = self.find(*path)
        return (node.text.strip() or None) if node else None

    def leaves(self) -> Iterator[Node]:
        """Yield the elements without children below this one."""
        for child in self.children:
            yield from child.leaves() if child.children else (child,)


class _Reports(ContentHandler):
    """Collects finished holdings, so that a report of any length takes the memory of one balance."""

    def __init__(self, line: Callable[[], int]) -> None:
        super().__init__()
        self.ready: list[Holding] = []
        self.reports = 0
        self._line = line
        self._stack: list[Node] = []

    def startElementNS(self, name: tuple[str | None, str], _qname: str | None, attrs: Any) -> None:  # noqa: N802
        """Open an element."""
        if len(self._stack) == _DEPTH:
            raise BadFile(f"the XML is nested deeper than {_DEPTH}", self._line())
        node = Node(name[1], self._line(), attrs.get((None, "Ccy")))
        if self._stack:
            self._stack[-1].children.append(node)
        self._stack.append(node)

    def characters(self, content: str) -> None:
        """Add text."""
        if self._stack:
            self._stack[-1].text += content

    def endElementNS(self, name: tuple[str | None, str], _qname: str | None) -> None:  # noqa: N802
        """Close an element; a balance becomes a holding, a report must have been the last page."""
        node = self._stack.pop()
        if name[1] in _BALANCES and any(parent.name == _REPORT for parent in self._stack):
            report = next(parent for parent in self._stack if parent.name == _REPORT)
            account = self._stack[-1].value("SfkpgAcct", "Id") or report.value("SfkpgAcct", "Id")
            self.ready.append(_holding(node, _check_report(report), account))
            self._stack[-1].children.pop()
        elif name[1] == _REPORT:
            self.reports += 1
            _check_report(node)


def read_semt002(file: IO[bytes]) -> Iterator[Holding]:
    """Read every report of a file; BadFile where the XML is damaged or unsafe, or a report is not complete."""
    parser = make_parser()
    handler = _Reports(parser.getLineNumber)
    parser.forbid_dtd = True
    parser.setFeature(feature_namespaces, True)
    parser.setContentHandler(handler)
    try:
        while chunk := file.read(CHUNK_BYTES):
            parser.feed(chunk)
            ready, handler.ready = handler.ready, []
            yield from ready
        parser.close()
    except SAXException as error:
        line = error.getLineNumber() if hasattr(error, "getLineNumber") else None
        raise BadFile(f"not well-formed XML: {error.getMessage()}", line) from None
    except DefusedXmlException:
        raise BadFile("XML with a document type or entities is not accepted", parser.getLineNumber()) from None
    yield from handler.ready
    if handler.reports == 0:
        raise BadFile(f"the XML holds no {_REPORT} (semt.002)")


def _check_report(report: Node) -> str:
    """Return the statement's day; BadFile unless this is a whole statement."""
    general = report.find("StmtGnlDtls") or Node("", report.line)
    if report.value("Pgntn", "LastPgInd") not in ("true", "1") or report.value("Pgntn", "PgNb") not in ("1", "0001"):
        raise BadFile("one page of several; send the whole statement", report.line)
    update = general.value("UpdTp", "Cd")
    if update != "COMP":
        raise BadFile(f"update type {update}, not a complete statement (COMP)", report.line)
    day = general.value("StmtDtTm", "Dt") or general.value("StmtDtTm", "DtTm")
    if day is None:
        raise BadFile("a statement without its date (StmtDtTm)", report.line)
    return day[:10]


def _holding(balance: Node, day: str, account: str | None) -> Holding:
    holding = Holding(balance.line, as_of_date=day, account_id=account)
    try:
        _identify(balance.find("FinInstrmId") or Node("", balance.line), holding)
        holding.quantity = f"{_quantity(balance):f}"
        _price(balance, holding)
        _accrued(balance, holding)
    except ValueError as error:
        holding.malformed = str(error)
    base = balance.find("AcctBaseCcyAmts", "HldgVal", "Amt")
    holding.base_ccy = base.ccy if base else None
    return holding


def _identify(instrument: Node, holding: Holding) -> None:
    isin, other = instrument.value("ISIN"), instrument.find("OthrId")
    if isin:
        holding.id_type, holding.instrument_id = "ISIN", isin
    elif other and other.value("Id"):
        holding.id_type = _NATIONAL.get(other.value("Tp", "Cd") or "", "INT")
        holding.instrument_id = other.value("Id")
    else:
        raise ValueError("FinInstrmId identifies no instrument")


def _quantity(balance: Node) -> Decimal:
    """Return units or face amount, negative when short."""
    aggregate = balance.find("AggtBal") or Node("", balance.line)
    amounts = [leaf for leaf in aggregate.leaves() if leaf.name in ("Unit", "FaceAmt", "DgtlTknUnit")]
    if len(amounts) != 1:
        raise ValueError(f"{len(amounts)} aggregate balances (AggtBal) in units or face amount, not one")
    quantity = _decimal(amounts[0].text)
    return -quantity if aggregate.value("ShrtLngInd") == "SHOR" else quantity


def _price(balance: Node, holding: Holding) -> None:
    """Take the market price; a private fund may have none."""
    prices = [child for child in balance.children if child.name == "PricDtls"]
    market = next((price for price in prices if price.value("Tp", "Cd") == "MRKT"), None)
    denomination = balance.value("FinInstrmAttrbts", "DnmtnCcy")
    held = balance.find("InstrmCcyAmts", "HldgVal", "Amt") or balance.find("AcctBaseCcyAmts", "HldgVal", "Amt")
    holding.price_ccy = denomination or (held.ccy if held else None)
    if market is None:
        return
    amount, rate = market.find("Val", "Amt"), market.value("Val", "Rate")
    if amount is not None:
        holding.price_ccy = amount.ccy
        holding.price, holding.price_factor = f"{_decimal(amount.text):f}", PER_UNIT
    elif rate is not None:
        holding.price, holding.price_factor = f"{_decimal(rate):f}", PERCENT
    quoted = market.value("QtnDt", "Dt") or market.value("QtnDt", "DtTm")
    holding.price_date = quoted[:10] if quoted else None


def _accrued(balance: Node, holding: Holding) -> None:
    found: dict[str | None, Decimal] = {}
    for group in ("InstrmCcyAmts", "AcctBaseCcyAmts"):
        amount = balance.find(group, "AcrdIntrst", "Amt")
        if amount is not None:
            negative = balance.value(group, "AcrdIntrst", "Sgn") in ("false", "0")
            found.setdefault(amount.ccy, -_decimal(amount.text) if negative else _decimal(amount.text))
    if found:
        if holding.price_ccy not in found:
            raise ValueError(f"accrued interest only in another currency than the price's, {holding.price_ccy}")
        holding.accrued = f"{found[holding.price_ccy]:f}"


def _decimal(text: str) -> Decimal:
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError(f"`{text[:80]}` is not a number") from None
    if not value.is_finite() or abs(value.adjusted()) > 40:
        raise ValueError(f"`{text[:80]}` is out of range")
    return value
