"""Reads one landed file, whatever its format, as batches of text columns under our names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import IO

import pyarrow as pa

from batch.landing.csv_files import read_csv
from batch.landing.errors import BadFile
from batch.landing.files import LandedFile
from batch.landing.layout import MANIFEST_SUFFIX
from batch.landing.manifest import Manifest, checked, describe, parse_manifest
from batch.landing.messages import Owners, to_batches
from batch.landing.mt535 import read_mt535
from batch.landing.parquet_files import MAGIC, read_parquet
from batch.landing.semt002 import read_semt002
from batch.landing.spool import Limits, spool
from batch.landing.text import as_text, inspect
from clients.s3 import Store

LIMITS = Limits()


def read_file(store: Store, landed: LandedFile, owners: Owners | None = None) -> Iterator[pa.RecordBatch]:
    """Read a file's rows: text columns, and two of ours.

    `line` (int64) is where the record begins: the line in a text file, the row of a Parquet file. `malformed` (text) is
    null, or why this row could not be split into fields; its other columns are then null. Empty cells are null, unknown
    columns come through. `owners` gives SWIFT and ISO 20022 accounts their client and base currency.

    Raises BadFile, also after some batches, where the whole file is refused: use no row before the last has come.
    """
    try:
        manifest = _manifest(store, landed)
        with store.open(landed.bucket, landed.key, landed.version_id) as body:
            yield from read_stream(body, landed.kind, owners=owners, manifest=manifest)
    except BadFile as error:
        raise error if error.name else error.in_file(landed.key) from None


def read_stream(
    body: IO[bytes],
    kind: str,
    *,
    owners: Owners | None = None,
    manifest: Manifest | None = None,
    limits: Limits = LIMITS,
) -> Iterator[pa.RecordBatch]:
    """Read a stream of bytes as `read_file` reads an object."""
    with spool(body, limits) as spooled:
        if manifest is None:
            yield from _rows(spooled.file, kind, owners or {}, limits)
            return
        if manifest.sha256.lower() != spooled.sha256:
            raise BadFile(f"the file's SHA-256 is {spooled.sha256}, the manifest says {manifest.sha256.lower()}")
        yield from checked(_rows(spooled.file, kind, owners or {}, limits), manifest, kind)


def make_manifest(body: IO[bytes], kind: str) -> Manifest:
    """Read a local file and return its manifest; BadFile where it could not be loaded."""
    digest = hashlib.sha256()
    while chunk := body.read(1024 * 1024):
        digest.update(chunk)
    body.seek(0)
    return describe(read_stream(body, kind), digest.hexdigest(), kind)


def _manifest(store: Store, landed: LandedFile) -> Manifest | None:
    if landed.manifest_version is None:
        return None
    key = landed.key + MANIFEST_SUFFIX
    with store.open(landed.bucket, key, landed.manifest_version) as body:
        return parse_manifest(body.read(), key)


def _rows(file: IO[bytes], kind: str, owners: Owners, limits: Limits) -> Iterator[pa.RecordBatch]:
    head = file.read(64)
    file.seek(0)
    if head.startswith(MAGIC):
        return read_parquet(file, kind, limits)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start.startswith((b"<", b"{1:", b":16R:")):
        return read_csv(file, kind)
    if kind != "positions":
        raise BadFile(f"a custody statement where a file of {kind} is expected", 1)
    if start.startswith(b"<"):
        return to_batches(read_semt002(file), owners)
    lines = as_text(file, inspect(file).encoding)
    return to_batches(read_mt535(lines), owners)
