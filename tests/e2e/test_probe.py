"""`tipline probe` proves the whole way of a news item, hop by hop."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from batch.glue.defaults import NIGHTLY_MAINTENANCE
from clients.aws import glue
from ops.drill.product import Product
from ops.home import ROOT
from tests.integration.router_process import until

if TYPE_CHECKING:
    from mypy_boto3_glue.type_defs import JobRunTypeDef

HOPS = ("received", "resolved", "summarized", "routed", "delivered")


def test_probe_reports_the_alert_and_every_hop(product: Product) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ops.cli", "probe", "--client", "UHNW-102", "--json"],
        env=product.environment, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["client_id"] == "UHNW-102"
    assert report["alert"]["client"]["id"] == "UHNW-102"
    assert report["total_s"] > 0
    for hop in HOPS:
        assert hop in json.dumps(report), f"no time for {hop}"


def test_cold_probe_finds_the_figures_that_its_files_add_up_to(product: Product) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ops.cli", "probe", "--cold", "--json"],
        env=product.environment, cwd=ROOT, capture_output=True, text=True, timeout=700, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["agrees"]
    assert report["figures"]["market_value"]["shown"] != "0.00"
    assert report["figures"]["unexplained"]["shown"] == "0.00"
    path = subprocess.run(
        [sys.executable, "-m", "ops.cli", "lineage", report["client_id"], report["as_of"], "--json"],
        env=product.environment, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert path.returncode == 0, path.stderr
    files = {file["table"]: file for file in json.loads(path.stdout)["files"]}
    assert files["silver.positions"]["file"].endswith("/canary.csv")
    assert files["silver.positions"]["lines"] == [2, 3, 4]
    assert files["silver.transactions"]["lines"] == [2, 3, 4]


def test_the_nightly_maintenance_runs_as_a_job(product: Product) -> None:
    client = glue(product.settings)
    (action,) = client.get_trigger(Name=NIGHTLY_MAINTENANCE)["Trigger"]["Actions"]
    run_id = client.start_job_run(JobName=action["JobName"])["JobRunId"]

    def run_now() -> JobRunTypeDef:
        return client.get_job_run(JobName=action["JobName"], RunId=run_id)["JobRun"]

    until(lambda: "CompletedOn" in run_now(), timeout_s=300)
    run = run_now()
    assert run["JobRunState"] == "SUCCEEDED", run.get("ErrorMessage")
    log = (product.settings.data_dir / "logs" / "glue" / f"{run_id}.log").read_text()
    for table in ("silver.positions", "gold.client_metrics", "silver.news_articles"):
        assert any("table_maintained" in line and table in line for line in log.splitlines()), f"{table} was left out"
