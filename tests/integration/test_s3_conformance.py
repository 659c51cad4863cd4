"""What we need of S3, asked of every server that this machine has: any that passes may stand behind `s3_url`.

MiniStack is the embedded one and moto a second opinion. versitygw joins where `go install` has put it; storage classes
and queues are not among what it does, so nobody asks it for them.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pytest
from moto.server import ThreadedMotoServer

from clients import aws
from clients.s3 import Store
from core.errors import Conflict, Forbidden, NotFound
from core.settings import Settings
from ops.drill.product import free_ports
from ops.stack.group import ProcessGroup
from ops.stack.service import Service, tcp_probe

VERSITYGW = shutil.which("versitygw") or shutil.which("versitygw", path=str(Path.home() / "go" / "bin"))
EMULATORS = ("ministack", "moto")
SERVERS = (*EMULATORS, *(("versitygw",) if VERSITYGW else ()))
KEY = "positions/date=2026-01-05/a.csv"

every_server = pytest.mark.parametrize("target", SERVERS, indirect=True)
every_emulator = pytest.mark.parametrize("target", EMULATORS, indirect=True)


@pytest.fixture(scope="module")
def target(
    request: pytest.FixtureRequest, s3_server: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    """Settings that lead to the server of this name."""
    match request.param:
        case "ministack":
            yield s3_server
        case "moto":
            server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
            server.start()
            host, port = server.get_host_and_port()
            yield s3_server.model_copy(update=dict.fromkeys(("s3_url", "sqs_url"), f"http://{host}:{port}"))
            server.stop()
        case "versitygw":
            home = tmp_path_factory.mktemp("versitygw")
            service = versitygw(s3_server, home)
            group = ProcessGroup([service], home)
            group.start_all()
            yield s3_server.model_copy(update={"s3_url": f"http://127.0.0.1:{service.port}"})
            group.stop_all()


def versitygw(settings: Settings, home: Path) -> Service:
    key_id, secret = aws.access_key(settings)
    (port,) = free_ports(1)
    for folder in ("objects", "versions"):
        (home / folder).mkdir()
    listen = ("--port", f"127.0.0.1:{port}", "--region", settings.aws_region, "--quiet")
    return Service(
        name="versitygw",
        argv=(str(VERSITYGW), *listen, "posix", "--versioning-dir", str(home / "versions"), str(home / "objects")),
        env={"ROOT_ACCESS_KEY": key_id, "ROOT_SECRET_KEY": secret},
        ready=tcp_probe("127.0.0.1", port),
        port=port,
    )


@pytest.fixture(scope="module")
def store(target: Settings) -> Store:
    return Store(target)


@pytest.fixture(scope="module")
def client(target: Settings) -> Any:
    """Boto3's own client, for what `Store` has no word for."""
    return aws.s3(target)


@pytest.fixture
def bucket(store: Store) -> str:
    """A versioned bucket of this test alone."""
    name = f"conformance-{uuid.uuid4().hex[:12]}"
    store.ensure_bucket(name, versioned=True)
    return name


def content(store: Store, bucket: str, key: str, version_id: str | None = None) -> bytes:
    with store.open(bucket, key, version_id) as body:
        return body.read()


@every_server
def test_a_bucket_is_made_once_and_stays_versioned(store: Store, bucket: str, client: Any) -> None:
    store.put(bucket, KEY, b"kept")
    store.ensure_bucket(bucket, versioned=True)
    assert store.is_versioned(bucket)
    assert content(store, bucket, KEY) == b"kept"
    store.ensure_bucket(f"{bucket}-plain")
    assert not store.is_versioned(f"{bucket}-plain")


@every_server
def test_every_version_stays_readable_and_the_newest_is_listed(store: Store, bucket: str, client: Any) -> None:
    first, second = store.put(bucket, KEY, b"one"), store.put(bucket, KEY, io.BytesIO(b"two!"))
    assert first != second
    assert [content(store, bucket, KEY, version) for version in (first, second, None)] == [b"one", b"two!", b"two!"]
    (newest,) = store.newest(bucket, "positions/")
    assert (newest.key, newest.version_id, newest.size_bytes) == (KEY, second, 4)
    listed = client.list_object_versions(Bucket=bucket)["Versions"]
    assert [(one["VersionId"], one["IsLatest"]) for one in listed] == [(second, True), (first, False)]


@every_server
def test_a_delete_marker_hides_an_object_and_going_brings_it_back(store: Store, bucket: str, client: Any) -> None:
    version = store.put(bucket, KEY, b"kept")
    marker = client.delete_object(Bucket=bucket, Key=KEY)
    assert marker["DeleteMarker"]
    assert list(store.newest(bucket, "")) == []
    with pytest.raises(NotFound):
        content(store, bucket, KEY)
    assert content(store, bucket, KEY, version) == b"kept"
    client.delete_object(Bucket=bucket, Key=KEY, VersionId=marker["VersionId"])
    assert content(store, bucket, KEY) == b"kept"


@every_server
def test_a_conditional_put_never_overwrites(store: Store, bucket: str, client: Any) -> None:
    store.put(bucket, KEY, b"first", IfNoneMatch="*")
    with pytest.raises(Conflict):
        store.put(bucket, KEY, b"second", IfNoneMatch="*")
    (found,) = store.newest(bucket, "")
    store.put(bucket, KEY, b"third", IfMatch=f'"{found.etag}"')
    with pytest.raises(Conflict):
        store.put(bucket, KEY, b"fourth", IfMatch=f'"{found.etag}"')
    assert content(store, bucket, KEY) == b"third"


@every_server
def test_a_large_object_goes_up_in_parts(store: Store, bucket: str, client: Any) -> None:
    body = hashlib.shake_256(b"parts").digest(9 * 1024 * 1024)
    store.upload(bucket, KEY, io.BytesIO(body))
    (found,) = store.newest(bucket, "")
    assert found.etag.endswith("-2")
    assert found.size_bytes == len(body)
    assert hashlib.sha256(content(store, bucket, KEY)).digest() == hashlib.sha256(body).digest()


@every_server
def test_an_abandoned_upload_leaves_no_object(store: Store, bucket: str, client: Any) -> None:
    upload = client.create_multipart_upload(Bucket=bucket, Key=KEY)["UploadId"]
    client.upload_part(Bucket=bucket, Key=KEY, UploadId=upload, PartNumber=1, Body=b"half")
    assert [one["UploadId"] for one in client.list_multipart_uploads(Bucket=bucket)["Uploads"]] == [upload]
    assert list(store.newest(bucket, "")) == []
    client.abort_multipart_upload(Bucket=bucket, Key=KEY, UploadId=upload)
    assert not client.list_multipart_uploads(Bucket=bucket).get("Uploads")


@every_server
def test_versions_are_listed_in_pages_without_gaps_or_repeats(store: Store, bucket: str, client: Any) -> None:
    keys = [f"prices/date=2026-01-0{day}/a.csv" for day in (1, 2, 3)]
    made = {(key, store.put(bucket, key, body)) for key in keys for body in (b"1", b"2")}
    pages = client.get_paginator("list_object_versions").paginate(
        Bucket=bucket, Prefix="prices/", PaginationConfig={"PageSize": 2}
    )
    listed = [(one["Key"], one["VersionId"]) for page in pages for one in page.get("Versions", ())]
    assert len(listed) == 6
    assert set(listed) == made
    assert [one.key for one in store.newest(bucket, "prices/")] == keys


@every_server
def test_part_of_an_object_can_be_read(store: Store, bucket: str, client: Any) -> None:
    store.put(bucket, KEY, b"0123456789")
    reply = client.get_object(Bucket=bucket, Key=KEY, Range="bytes=2-4")
    assert (reply["ResponseMetadata"]["HTTPStatusCode"], reply["ContentRange"]) == (206, "bytes 2-4/10")
    assert reply["Body"].read() == b"234"
    assert client.get_object(Bucket=bucket, Key=KEY, Range="bytes=-3")["Body"].read() == b"789"


@every_server
def test_metadata_and_type_come_back(store: Store, bucket: str, client: Any) -> None:
    store.put(bucket, KEY, b"x", Metadata={"run-id": "r-1"}, ContentType="text/csv")
    head = client.head_object(Bucket=bucket, Key=KEY)
    assert (head["Metadata"], head["ContentType"], head["ContentLength"]) == ({"run-id": "r-1"}, "text/csv", 1)
    assert datetime.now(UTC) - head["LastModified"] < timedelta(minutes=1)


@every_server
def test_any_name_is_a_key(store: Store, bucket: str, client: Any) -> None:
    keys = sorted(
        ["fx/date=2026-01-05/rates of today+1%.csv", "fx/date=2026-01-05/Kurse für Zürich.csv", "fx/a=b&c.csv"]
    )
    for key in keys:
        store.put(bucket, key, key.encode())
    assert sorted(one.key for one in store.newest(bucket, "fx/")) == keys
    assert [content(store, bucket, key) for key in keys] == [key.encode() for key in keys]


@every_server
def test_what_is_missing_is_not_found(store: Store, bucket: str, client: Any) -> None:
    with pytest.raises(NotFound):
        content(store, bucket, KEY)
    with pytest.raises(NotFound):
        store.put(f"{bucket}-none", KEY, b"x")


@every_server
def test_a_locked_version_cannot_be_removed(store: Store, bucket: str, client: Any, target: Settings) -> None:
    locked = f"{bucket}-locked"
    place: Any = {"LocationConstraint": target.aws_region}
    client.create_bucket(Bucket=locked, CreateBucketConfiguration=place, ObjectLockEnabledForBucket=True)
    until = datetime.now(UTC) + timedelta(days=1)
    version = store.put(locked, KEY, b"kept", ObjectLockMode="COMPLIANCE", ObjectLockRetainUntilDate=until)
    with pytest.raises(Forbidden), aws.translated("s3"):
        client.delete_object(Bucket=locked, Key=KEY, VersionId=version)
    head = client.head_object(Bucket=locked, Key=KEY, VersionId=version)
    assert head["ObjectLockMode"] == "COMPLIANCE"
    assert abs(head["ObjectLockRetainUntilDate"] - until) < timedelta(seconds=1)
    assert content(store, locked, KEY, version) == b"kept"


@every_emulator
def test_a_glacier_object_is_listed_so_and_not_readable(store: Store, bucket: str, client: Any) -> None:
    store.put(bucket, KEY, b"cold", StorageClass="GLACIER")
    assert client.head_object(Bucket=bucket, Key=KEY)["StorageClass"] == "GLACIER"
    with pytest.raises(Forbidden) as refused:
        content(store, bucket, KEY)
    assert refused.value.code == "InvalidObjectState"


@every_emulator
def test_a_put_tells_the_queue_its_key_and_version(store: Store, bucket: str, client: Any, target: Settings) -> None:
    sqs = aws.sqs(target)
    queue = sqs.create_queue(QueueName=bucket)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    rule: Any = {"QueueConfigurations": [{"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}]}
    client.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=rule)
    version = store.put(bucket, KEY, b"landed")
    told: list[dict[str, Any]] = []
    while not told:
        replies = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=10)
        # The first message of a new rule only says that it works.
        told = [record for one in replies["Messages"] for record in json.loads(one["Body"]).get("Records", ())]
        for one in replies["Messages"]:
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=one["ReceiptHandle"])
    (record,) = told
    assert record["eventName"].startswith("ObjectCreated:Put")
    assert record["s3"]["bucket"]["name"] == bucket
    # Encoded as in a form; some leave the harmless characters alone.
    assert unquote_plus(record["s3"]["object"]["key"]) == KEY
    # moto leaves the version out; whoever is told then has to list the key.
    assert record["s3"]["object"].get("versionId") in (version, None)
