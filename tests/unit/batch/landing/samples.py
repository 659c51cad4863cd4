"""Small files of every kind, and how the tests read them."""

from __future__ import annotations

import io
from typing import Any

from batch.landing.manifest import Manifest
from batch.landing.messages import Owner
from batch.landing.reader import LIMITS, read_stream
from batch.landing.spool import Limits

NAMES = (
    "as_of_date", "client_id", "account_id", "id_type", "instrument_id", "quantity", "price", "price_ccy", "price_date",
    "accrued", "cost_price", "base_ccy",
)  # fmt: skip
HEADER = ",".join(NAMES)
ROW = "2026-01-05,C-1,A-1,ISIN,US0378331005,10,187.25,USD,2026-01-05,0,150.5,EUR"
CASH = "2026-01-05,C-1,A-1,CASH,USD,-250.75,1,USD,2026-01-05,,,EUR"
POSITIONS = f"{HEADER}\n{ROW}\n{CASH}\n"
OWNERS = {"ACC-7": Owner("C-7", "EUR")}

MT535 = """{1:F01BANKDEFFAXXX0000000000}{2:O5350837260105BANKDEFFAXXX00000000002601050837N}{4:
:16R:GENL
:28E:1/ONLY
:20C::SEME//REF1
:23G:NEWM
:98A::STAT//20260105
:22F::CODE//COMP
:97A::SAFE//ACC-7
:17B::ACTI//Y
:16S:GENL
:16R:SUBSAFE
:16R:FIN
:35B:ISIN US0378331005
APPLE INC
:90B::MRKT//ACTU/USD187,25
:98A::PRIC//20260102
:93B::AGGR//UNIT/652,
:16R:SUBBAL
:93C::TAVI//UNIT/AVAI/600,
:93B::AGGR//UNIT/52,
:16S:SUBBAL
:19A::HOLD//USD122087,
:16S:FIN
:16R:FIN
:35B:/US/037833AK6
BOND 2,4 2033
:90A::MRKT//PRCT/98,5
:93B::AGGR//FAMT/N100000,
:93B::AGGR//AMOR/N90000,
:19A::HOLD//USDN98500,
:19A::HOLD//EURN90000,
:19A::ACRU//USD1234,56
:92B::EXCH//USD/EUR/0,9137
:16S:FIN
:16R:FIN
:35B:/DE/A1B2C3
PRIVATE FUND
:93B::AGGR//UNIT/0,43761
:19A::HOLD//EUR24,24
:16S:FIN
:16S:SUBSAFE
-}
"""

SEMT002 = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:semt.002.001.11">
<SctiesBalCtdyRpt>
<Pgntn><PgNb>1</PgNb><LastPgInd>true</LastPgInd></Pgntn>
<StmtGnlDtls><StmtDtTm><DtTm>2026-01-05T23:30:00-05:00</DtTm></StmtDtTm><UpdTp><Cd>COMP</Cd></UpdTp></StmtGnlDtls>
<SfkpgAcct><Id>ACC-7</Id></SfkpgAcct>
<BalForAcct>
<FinInstrmId><ISIN>US0378331005</ISIN></FinInstrmId>
<AggtBal><ShrtLngInd>SHOR</ShrtLngInd><Qty><Qty><Qty><Unit>319.5</Unit></Qty></Qty></Qty></AggtBal>
<PricDtls><Tp><Cd>INDC</Cd></Tp><Val><Amt Ccy="USD">1</Amt></Val></PricDtls>
<PricDtls><Tp><Cd>MRKT</Cd></Tp><Val><Amt Ccy="USD">187.25</Amt></Val><QtnDt><Dt>2026-01-02</Dt></QtnDt></PricDtls>
<AcctBaseCcyAmts><HldgVal><Amt Ccy="CHF">47000.00</Amt></HldgVal></AcctBaseCcyAmts>
</BalForAcct>
<BalForAcct>
<FinInstrmId><OthrId><Id>037833AK6</Id><Tp><Cd>CUSP</Cd></Tp></OthrId></FinInstrmId>
<FinInstrmAttrbts><DnmtnCcy>USD</DnmtnCcy></FinInstrmAttrbts>
<AggtBal><ShrtLngInd>LONG</ShrtLngInd><Qty><Qty><Qty><FaceAmt>100000</FaceAmt></Qty></Qty></Qty></AggtBal>
<PricDtls><Tp><Cd>MRKT</Cd></Tp><Val><Rate>98.5</Rate></Val></PricDtls>
<InstrmCcyAmts><AcrdIntrst><Amt Ccy="USD">1234.56</Amt><Sgn>false</Sgn></AcrdIntrst></InstrmCcyAmts>
</BalForAcct>
</SctiesBalCtdyRpt>
</Document>
"""


def read(
    content: bytes | str,
    kind: str = "positions",
    *,
    manifest: Manifest | None = None,
    limits: Limits = LIMITS,
) -> list[dict[str, Any]]:
    """Return the rows of a file's bytes."""
    body = content.encode() if isinstance(content, str) else content
    batches = read_stream(io.BytesIO(body), kind, owners=OWNERS, manifest=manifest, limits=limits)
    return [row for batch in batches for row in batch.to_pylist()]
