"""Lineage events by the OpenLineage standard: to `lineage_url` where one is set, else to a file of one event a line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from openlineage.client import OpenLineageClient
from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.facet_v2 import dataset_version_dataset, error_message_run, output_statistics_output_dataset
from openlineage.client.transport.file import FileConfig, FileTransport
from openlineage.client.transport.http import HttpConfig, HttpTransport

from core.clock import rfc3339
from core.settings import Settings

PRODUCER = "https://github.com/tipline/tipline"
NAMESPACE = "tipline"


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset of a run: an object of a bucket, a table of the lake or of the database, in one version of it."""

    namespace: str
    name: str
    version: str | None = None
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to a run, with what it read and wrote so far."""

    run_id: str
    job: str
    state: Literal["START", "COMPLETE", "FAIL"]
    at: datetime
    inputs: Iterable[Dataset] = ()
    outputs: Iterable[Dataset] = ()
    error: str | None = None
    facets: Mapping[str, Any] = field(default_factory=dict)


class Lineage:
    """Sends events; one that cannot be sent raises the transport's error."""

    def __init__(self, settings: Settings) -> None:
        if settings.lineage_url:
            self._client = OpenLineageClient(
                transport=HttpTransport(HttpConfig.from_dict({"url": settings.lineage_url}))
            )
        else:
            path = settings.data_dir / "lineage" / "events.jsonl"
            path.parent.mkdir(parents=True, exist_ok=True)
            self._client = OpenLineageClient(transport=FileTransport(FileConfig(log_file_path=str(path), append=True)))

    def emit(self, event: Event) -> None:
        """Send one event."""
        facets = dict(event.facets)
        if event.error is not None:
            facets["errorMessage"] = error_message_run.ErrorMessageRunFacet(event.error, "python")
        self._client.emit(
            RunEvent(
                eventTime=rfc3339(event.at),
                eventType=RunState[event.state],
                producer=PRODUCER,
                run=Run(event.run_id, facets),
                job=Job(NAMESPACE, event.job),
                inputs=[InputDataset(each.namespace, each.name, facets=_version(each)) for each in event.inputs],
                outputs=[
                    OutputDataset(each.namespace, each.name, _statistics(each), facets=_version(each))
                    for each in event.outputs
                ],
            )
        )


def _version(dataset: Dataset) -> dict[str, Any]:
    if dataset.version is None:
        return {}
    return {"version": dataset_version_dataset.DatasetVersionDatasetFacet(dataset.version)}


def _statistics(dataset: Dataset) -> dict[str, Any]:
    if dataset.rows is None:
        return {}
    return {
        "outputStatistics": output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(rowCount=dataset.rows)
    }
