"""`tipline evaluate resolver`: the resolver on held-out made-up news, and its speed with a book of 10,000."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from core.clock import rfc3339, utc_now

RESULTS = Path(__file__).parents[1] / "benchmarks" / "resolver" / "results"
CLIENTS, ARTICLES, SEED = 400, 6000, 7
BOOK, SCANNED = 10_000, 10_000


def resolver(
    out: Annotated[Path, typer.Option(help="The folder of the result file and the plot.")] = RESULTS,
    articles: Annotated[int, typer.Option(help="How many labelled articles.", min=100)] = ARTICLES,
    scanned: Annotated[int, typer.Option(help="How many articles the speed is measured on.", min=100)] = SCANNED,
) -> None:
    """Measure the resolver on labelled sets that its calibration has not seen; write the figures and a plot."""
    from datasets.resolver_figures import aboutnesses, figures, identities, reliability, rows_of
    from datasets.synthetic_news import labelled_set
    from ops.reliability_plot import reliability_svg
    from ops.resolver_speed import speed

    labelled = labelled_set("held-out", clients=CLIENTS, articles=articles, seed=SEED)
    rows = rows_of(labelled)
    result = {
        "measured_at": rfc3339(utc_now()),
        "set": {"name": "datasets.synthetic_news held-out", "clients": CLIENTS, "seed": SEED},
        **figures(rows),
        "speed": speed(clients=BOOK, scanned=scanned),
    }
    out.mkdir(parents=True, exist_ok=True)
    (out / "resolver.json").write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    curves = {
        "P(identity)": reliability(said for row in rows for said in identities(row)),
        "P(aboutness)": reliability(said for row in rows for said in aboutnesses(row)),
    }
    (out / "reliability.svg").write_text(reliability_svg(curves), encoding="utf-8")
    _print(Console(soft_wrap=True), result)


def _print(console: Console, result: dict[str, Any]) -> None:
    table = Table("slice", "articles", "precision", "recall", "calibration error", title="Links above 0.8")
    for name, found in result["slices"].items():
        figures = (found[each]["value"] for each in ("link_precision", "link_recall", "identity_calibration_error"))
        table.add_row(name, *("-" if each is None else str(each) for each in (found["articles"], *figures)))
    console.print(table)
    for name in (
        "links", "alerts", "namesake_false_links", "same_name_without_context_abstained", "identity_calibration_error",
        "speed",
    ):  # fmt: skip
        console.print(name.replace("_", " "), result[name], markup=False)
