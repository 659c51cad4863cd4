"""`tipline positions upload`: put a file into bronze, as a bank's own S3 client would."""

from __future__ import annotations

import json
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from core.settings import load_settings


class Kind(StrEnum):
    """What a file holds."""

    POSITIONS = "positions"
    PRICES = "prices"
    FX = "fx"
    TRANSACTIONS = "transactions"
    INSTRUMENTS = "instruments"


def register(app: typer.Typer) -> None:
    """Add the command to `tipline positions`."""
    app.command("upload")(upload)


def upload(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="CSV, gz, zst, Parquet, MT535 or semt.002.")
    ],
    date: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The day whose file this is.")],
    kind: Annotated[Kind, typer.Option(help="What the file holds.")] = Kind.POSITIONS,
    manifest: Annotated[bool, typer.Option("--manifest", help="Count and sum the rows; send a manifest too.")] = False,
) -> None:
    """Put a file into the bronze bucket; the same name again is a correction and becomes a new version."""
    from batch.landing.layout import MANIFEST_SUFFIX, place_of
    from batch.landing.reader import make_manifest
    from clients.s3 import Store

    settings = load_settings()
    place = place_of(kind.value, date.date(), file.name)
    with file.open("rb") as body:
        counted = make_manifest(body, place.kind) if manifest else None
        body.seek(0)
        store = Store(settings)
        version = store.put(settings.bronze_bucket, place.key, body)
    # After its file: a manifest belongs to the version that is there when it comes.
    if counted is not None:
        text = counted.model_dump_json(indent=1).encode()
        store.put(settings.bronze_bucket, place.key + MANIFEST_SUFFIX, text, ContentType="application/json")
    sent = {"key": place.key, "version_id": version, "manifest": counted.model_dump() if counted else None}
    typer.echo(json.dumps(sent))
