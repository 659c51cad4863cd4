"""A bank of many clients with a year of figures, made where they lie, and an open session for each RM."""

from __future__ import annotations

import asyncio
import json
from datetime import date, timedelta

from api.sessions import Sessions
from clients.postgres import Jsonb, async_pool, connect
from core.settings import Settings
from ops.demo.portfolios.days import business_days

# Older days keep a short text: nothing reads it, and it would only fill the disk.
DAYS_WITH_SHARES = 10
DAYS_A_STATEMENT = 20
_SORTS = {"instrument": 10, "currency": 6, "id_type": 4, "issuer": 10, "asset_class": 5, "country": 8}

_PEOPLE = """
    WITH made AS (
        INSERT INTO rm (rm_id, display) SELECT 'rm-' || n, 'rm-' || n FROM generate_series(0, %(rms)s - 1) n
    )
    INSERT INTO clients (client_id, kind, legal_name, display)
    SELECT 'C-' || n, 'person', 'X', 'X' FROM generate_series(0, %(clients)s - 1) n
"""
_COVER = """
    INSERT INTO rm_clients (rm_id, client_id)
    SELECT 'rm-' || n %% %(rms)s, 'C-' || n FROM generate_series(0, %(clients)s - 1) n
"""
_FIGURES = """
    INSERT INTO client_metrics (client_id, as_of_date, revision, status, base_ccy, market_value, pnl_total, pnl_price,
        pnl_fx, pnl_trading, pnl_income, pnl_fees, pnl_unexplained, net_flows, daily_return, twr, drawdown,
        top_concentration, concentrations, top_movers, quality, quality_counts, positions, positions_revision,
        computed_at, run_id)
    SELECT 'C-' || n, day, 1, 'final', (ARRAY['EUR', 'USD', 'CHF'])[1 + n %% 3], 1000000 + n, p + 5.5, p, 3.25,
        1.25, 2.00, -1.00, 0, 0, round(p / 1000000, 10), 0.0512345678, -0.0123456789, 0.14, %(shares)s, %(movers)s,
        CASE WHEN n %% 10 = 0 THEN 'stale' ELSE 'ok' END, '{"ok": 90, "stale": 10, "missing": 0, "estimated": 0}', 100,
        1, day + interval '1 day', '00000000-0000-0000-0000-000000000000'
    FROM unnest(%(days)s::date[]) day, generate_series(0, %(clients)s - 1) n,
        LATERAL (SELECT round((sin(n * 7 + extract(doy FROM day)::float8) * 9000)::numeric, 2) AS p) drawn
    ORDER BY day, n
"""


def fill(settings: Settings, clients: int, rms: int, days: int) -> None:
    """Give so many clients a year's rows of so many business days, in the order that nights would write them."""
    dates = business_days(days, date.today() - timedelta(days=1))
    with connect(settings) as session, session.transaction():
        session.execute(_PEOPLE.encode(), {"rms": rms, "clients": clients})
        session.execute(_COVER.encode(), {"rms": rms, "clients": clients})
    for start in range(0, days, DAYS_A_STATEMENT):
        part = dates[start : start + DAYS_A_STATEMENT]
        recent = [day for day in part if day in dates[-DAYS_WITH_SHARES:]]
        older = [day for day in part if day not in recent]
        with connect(settings) as session:
            for some, shares in ((older, {}), (recent, _shares())):
                asked = {"days": some, "clients": clients, "shares": Jsonb(shares), "movers": Jsonb(_movers())}
                session.execute(_FIGURES.encode(), asked)
    with connect(settings) as session:
        session.execute("VACUUM ANALYZE")


def cookies(settings: Settings, rms: int) -> list[str]:
    """Open a session for each RM and return the cookies."""

    async def open_all() -> list[str]:
        sessions = Sessions(settings)
        async with async_pool(settings, size=1) as pool, pool.connection() as session:
            return [await sessions.open_cookie(session, f"rm-{rm}") for rm in range(rms)]

    return asyncio.run(open_all())


def targets(clients: int, rms: int) -> list[list[str]]:
    """Return the clients of each RM."""
    return [[f"C-{client}" for client in range(rm, clients, rms)] for rm in range(rms)]


def _shares() -> dict[str, object]:
    return {
        sort: [
            {
                "name": f"{sort} number {place}",
                "market_value": f"{90000 - place * 7000}.12",
                "weight": f"0.{14 - place:02d}",
            }
            for place in range(count)
        ]
        for sort, count in _SORTS.items()
    }


def _movers() -> dict[str, object]:
    of = [{"instrument_id": f"US00001000{place:02d}", "pnl_total": f"{900 - place}.10"} for place in range(5)]
    return json.loads(json.dumps({"best": of, "worst": of}))  # type: ignore[no-any-return]
