"""`tipline batch status` and `diff`: what came of each day, and which figures changed after they had been shown."""

from __future__ import annotations

import json
from datetime import date
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from clients.postgres import connect
from core.settings import Settings, load_settings
from ops.batch_runs import as_date

DAYS_SHOWN = 20

_DAYS = """
WITH days AS (SELECT DISTINCT as_of_date FROM landed_files
              WHERE (%(start)s::date IS NULL OR as_of_date >= %(start)s)
                AND (%(end)s::date IS NULL OR as_of_date <= %(end)s)
              ORDER BY as_of_date DESC LIMIT %(limit)s)
SELECT days.as_of_date, files.loaded, files.failed, files.waiting, files.rows_bad, files.reasons,
       made.status, made.finality, made.reason, made.made_at,
       (SELECT max(revision) FROM client_metrics m WHERE m.as_of_date = days.as_of_date) AS revision,
       (SELECT count(*) FROM client_metrics_current m WHERE m.as_of_date = days.as_of_date) AS clients
FROM days
LEFT JOIN batch_days made USING (as_of_date)
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE status = 'loaded') AS loaded, count(*) FILTER (WHERE status = 'failed') AS failed,
           count(*) FILTER (WHERE status IN ('waiting', 'landed')) AS waiting, sum(rows_bad) AS rows_bad,
           string_agg(DISTINCT reason, '; ') AS reasons
    FROM landed_files f WHERE f.as_of_date = days.as_of_date) files
ORDER BY days.as_of_date DESC
"""

_CHANGES = """
SELECT new.client_id, new.as_of_date, old.revision AS from_revision, new.revision AS to_revision, new.status,
       new.base_ccy, old.market_value AS from_market_value, new.market_value AS to_market_value,
       old.pnl_total AS from_pnl_total, new.pnl_total AS to_pnl_total,
       new.pnl_unexplained, new.computed_at, new.run_id
FROM client_metrics new
JOIN client_metrics old ON old.client_id = new.client_id AND old.as_of_date = new.as_of_date
                       AND old.revision = new.revision - 1
WHERE new.as_of_date BETWEEN %(start)s AND %(end)s
  AND (%(client)s::text IS NULL OR new.client_id = %(client)s)
ORDER BY new.as_of_date, new.client_id, new.revision
"""


def status(
    start: Annotated[str | None, typer.Option("--from", help="First day, YYYY-MM-DD.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Last day, YYYY-MM-DD.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show each day: its files, whether its figures are made, and their revision."""
    rows = days(load_settings(), as_date(start) if start else None, as_date(end) if end else None)
    if as_json:
        _print_json(rows)
        return
    whole = [Column(name, no_wrap=True) for name in ("day", "figures", "files", "bad rows", "clients", "revision")]
    table = Table(*whole, "reason")
    for row in rows:
        figures = f"{row['finality']}, {row['status']}" if row["status"] else "not made"
        files = ", ".join(f"{row[name]} {name}" for name in ("loaded", "waiting", "failed") if row[name])
        counts = (row["rows_bad"] or 0, row["clients"], row["revision"] or "")
        reason = row["reason"] or row["reasons"] or ""
        table.add_row(str(row["as_of_date"]), figures, files, *map(str, counts), escape(reason))
    Console().print(table if rows else "no files have landed yet")


def diff(
    start: Annotated[str, typer.Option("--from", help="First day, YYYY-MM-DD.")],
    end: Annotated[str, typer.Option("--to", help="Last day, YYYY-MM-DD.")],
    client: Annotated[str | None, typer.Option(help="Only this client.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show every figure that was changed after it had been published: what it was, what it is, by which run."""
    rows = changes(load_settings(), as_date(start), as_date(end), client)
    if as_json:
        _print_json(rows)
        return
    table = Table("client", "day", "revision", "status", "market value", "was", "P&L", "was", "run")
    for row in rows:
        table.add_row(
            row["client_id"], str(row["as_of_date"]), str(row["to_revision"]), row["status"],
            f"{row['to_market_value']:,} {row['base_ccy']}", f"{row['from_market_value']:,}",
            f"{row['to_pnl_total']:,}", f"{row['from_pnl_total']:,}", str(row["run_id"]),
        )  # fmt: skip
    Console().print(table if rows else "nothing was changed")


def days(settings: Settings, start: date | None, end: date | None) -> list[dict[str, Any]]:
    """Return a row for each day that files have landed for, newest first; without bounds the newest twenty."""
    limit = DAYS_SHOWN if start is None and end is None else None
    with connect(settings) as session:
        return session.execute(_DAYS, {"start": start, "end": end, "limit": limit}).fetchall()


def changes(settings: Settings, start: date, end: date, client_id: str | None) -> list[dict[str, Any]]:
    """Return a row for each revision after the first, with the figures of the one before."""
    with connect(settings) as session:
        return session.execute(_CHANGES, {"start": start, "end": end, "client": client_id}).fetchall()


def _print_json(rows: list[dict[str, Any]]) -> None:
    # Amounts are exact decimals: as text, so that no reader makes binary fractions of them.
    Console(soft_wrap=True).print_json(json.dumps(rows, default=str))
