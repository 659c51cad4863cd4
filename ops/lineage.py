"""`tipline lineage CLIENT DATE`: from the figures on the page back to the lines of the files they came from."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.tree import Tree

from clients.postgres import Session, connect
from core.errors import NotFound
from core.settings import Settings, load_settings
from ops.batch_runs import as_date

LINES_SHOWN = 12

_FIGURES = """
SELECT client_id, as_of_date, revision, status, base_ccy, market_value, pnl_total, quality, computed_at, run_id
FROM client_metrics
WHERE client_id = %(client)s AND as_of_date = %(day)s AND (%(revision)s::integer IS NULL OR revision = %(revision)s)
ORDER BY revision DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Path:
    """The figures of one revision, the run that made them, and the lines of the files that it read."""

    figures: dict[str, Any]
    run: dict[str, Any]
    files: list[dict[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """Return it as `tipline lineage --json` prints it."""
        return {"postgresql": self.figures, "run": self.run, "files": self.files}


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("lineage")(lineage)


def lineage(
    client: Annotated[str, typer.Argument(help="The client, such as UHNW-102.")],
    day: Annotated[str, typer.Argument(metavar="DATE", help="The day, YYYY-MM-DD.")],
    revision: Annotated[int | None, typer.Option(help="Which revision of the figures; by default the newest.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show where a client's figures of a day came from: run, table snapshots, files and their lines."""
    path = trace(load_settings(), client, day, revision)
    if as_json:
        Console(soft_wrap=True).print_json(json.dumps(path.as_json(), default=str))
    else:
        Console().print(_tree(path))


def trace(settings: Settings, client_id: str, day: str, revision: int | None = None) -> Path:
    """Follow a client's figures of a day back to lines of files; NotFound when there are none."""
    with connect(settings) as session:
        asked = {"client": client_id, "day": as_date(day), "revision": revision}
        figures = session.execute(_FIGURES, asked).fetchone()
        if figures is None:
            raise NotFound(f"there are no figures of {client_id} on {day}")
        run = session.execute("SELECT * FROM batch_runs WHERE run_id = %s", (figures["run_id"],)).fetchone()
        if run is None:
            raise NotFound(f"the run {figures['run_id']} is not recorded")
        rows = _rows(settings, client_id, day, run["snapshots"])
        return Path(dict(figures), dict(run), _files(session, rows))


def _rows(settings: Settings, client_id: str, day: str, snapshots: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return the silver rows behind the figures, as the tables were when the run read them."""
    # Half a second that no other command should wait for.
    from clients.iceberg import find_rows, open_catalog

    catalog, rows = open_catalog(settings), []
    sources = (
        ("silver.positions", {"as_of_date": day, "client_id": client_id}),
        ("silver.transactions", {"trade_date": day, "client_id": client_id}),
    )
    for table, where in sources:
        if table in snapshots:
            found = find_rows(
                catalog, table, ("instrument_id", "file_id", "line"), where=where, snapshot_id=snapshots[table]
            )
            rows += [{**row, "table": table} for row in found]
    held = {row["instrument_id"] for row in rows}
    if "silver.prices" in snapshots:
        found = find_rows(
            catalog, "silver.prices", ("instrument_id", "file_id", "line"),
            where={"as_of_date": day}, snapshot_id=snapshots["silver.prices"],
        )  # fmt: skip
        rows += [{**row, "table": "silver.prices"} for row in found if row["instrument_id"] in held]
    return rows


def _files(session: Session, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    by_file: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in rows:
        by_file[row["table"], row["file_id"]].append(row["line"])
    ids = [file_id for _, file_id in by_file]
    known = {
        str(row["file_id"]): row
        for row in session.execute(
            "SELECT file_id, bucket, key, version_id FROM landed_files WHERE file_id::text = ANY(%s)", (ids,)
        )
    }
    return [
        {
            "table": table,
            "file": f"s3://{known[file_id]['bucket']}/{known[file_id]['key']}",
            "version_id": known[file_id]["version_id"],
            "lines": sorted(lines),
        }
        for (table, file_id), lines in sorted(by_file.items())
    ]


def _tree(path: Path) -> Tree:
    figures, run = path.figures, path.run
    tree = Tree(
        f"client_metrics {escape(figures['client_id'])} {figures['as_of_date']} revision {figures['revision']}"
        f" ({figures['status']}): {figures['market_value']:,} {figures['base_ccy']}, P&L {figures['pnl_total']:,}"
    )
    made = tree.add(f"run {run['run_id']} ({run['kind']}, {run['finality']}), ended {run['ended_at']}")
    for table in path.run["snapshots"]:
        if table.startswith("gold."):
            made.add(f"{table} snapshot {run['snapshots'][table]}")
    for file in path.files:
        lines, more = file["lines"][:LINES_SHOWN], len(file["lines"]) - LINES_SHOWN
        branch = made.add(f"{file['table']} snapshot {run['snapshots'][file['table']]}")
        listed = ", ".join(map(str, lines)) + (f" and {more} more" if more > 0 else "")
        branch.add(f"{escape(file['file'])} version {file['version_id']}: lines {listed}")
    return tree
