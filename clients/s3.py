"""Objects in S3: put, read, list, each under the project's errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from clients.aws import s3, translated
from core.settings import Settings


@dataclass(frozen=True, slots=True)
class Object:
    """One version of an object; `version_id` is `null` in a bucket without versions."""

    bucket: str
    key: str
    version_id: str
    size_bytes: int
    etag: str
    modified_at: datetime


class Store:
    """The buckets of one S3; every method may raise DependencyUnavailable, Forbidden or NotFound."""

    def __init__(self, settings: Settings) -> None:
        self._client = s3(settings)

    def put(self, bucket: str, key: str, body: bytes | IO[bytes], **options: Any) -> str:
        """Write an object and return its version id; `options` are boto3's (StorageClass, Metadata, IfNoneMatch)."""
        with translated("s3"):
            reply = self._client.put_object(Bucket=bucket, Key=key, Body=body, **options)
        return reply.get("VersionId", "null")

    def upload(self, bucket: str, key: str, file: IO[bytes]) -> None:
        """Write a large object in parts."""
        with translated("s3"):
            self._client.upload_fileobj(file, bucket, key)

    @contextmanager
    def open(self, bucket: str, key: str, version_id: str | None = None) -> Iterator[IO[bytes]]:
        """Open one version, by default the newest, as a stream of bytes."""
        which: Any = {"VersionId": version_id} if version_id and version_id != "null" else {}
        with translated("s3"):
            body = self._client.get_object(Bucket=bucket, Key=key, **which)["Body"]
            try:
                yield body  # type: ignore[misc]
            finally:
                body.close()

    def read_range(self, bucket: str, key: str, start: int, end: int) -> bytes:
        """Return the bytes of an object from `start` up to, but not with, `end`."""
        with translated("s3"):
            return self._client.get_object(Bucket=bucket, Key=key, Range=f"bytes={start}-{end - 1}")["Body"].read()

    def delete(self, bucket: str, key: str) -> None:
        """Delete an object, whether or not it is there; of one with versions the newest hides the others."""
        with translated("s3"):
            self._client.delete_object(Bucket=bucket, Key=key)

    def newest(self, bucket: str, prefix: str) -> Iterator[Object]:
        """List the newest version of each object under a prefix, in the order of keys; deleted ones are left out."""
        with translated("s3"):
            for page in self._client.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
                for found in page.get("Versions", ()):
                    if found["IsLatest"]:
                        yield Object(
                            bucket=bucket,
                            key=found["Key"],
                            version_id=found.get("VersionId") or "null",
                            size_bytes=found["Size"],
                            etag=found["ETag"].strip('"'),
                            modified_at=found["LastModified"],
                        )

    def sha256(self, bucket: str, key: str, version_id: str) -> tuple[int, str | None]:
        """Return the size and the base64 SHA-256 that the store keeps of an object, which may be unreadable in Glacier.

        The store computed it from the bytes it was sent, and refused them where `put` was told another.
        """
        which: Any = {"VersionId": version_id} if version_id != "null" else {}
        with translated("s3"):
            head = self._client.head_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED", **which)
        return head["ContentLength"], head.get("ChecksumSHA256")

    def ensure_bucket(self, bucket: str, *, versioned: bool = False, lockable: bool = False) -> None:
        """Make a bucket that is not there; only at its making can its objects be made lockable."""
        with translated("s3"):
            if bucket not in self.buckets():
                region = self._client.meta.region_name
                # AWS refuses to hear its default region named.
                place = {} if region == "us-east-1" else {"LocationConstraint": region}
                options: Any = {"CreateBucketConfiguration": place} if place else {}
                self._client.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=lockable, **options)
            if versioned:
                self._client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})

    def buckets(self) -> set[str]:
        """Return the names of all buckets."""
        with translated("s3"):
            return {each["Name"] for each in self._client.list_buckets()["Buckets"]}

    def is_versioned(self, bucket: str) -> bool:
        """Return whether the bucket keeps every version of its objects."""
        with translated("s3"):
            return self._client.get_bucket_versioning(Bucket=bucket).get("Status") == "Enabled"
