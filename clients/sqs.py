"""SQS through boto3: one queue, and the events of a bucket that come through it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clients.aws import s3, sqs, translated
from core.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import NotificationConfigurationTypeDef

# The most that one call gives or takes.
BATCH = 10
RETENTION_S = 14 * 24 * 3600
# A message that is not deleted within this time comes again.
VISIBILITY_S = 120


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `receipt` is what deletes it."""

    body: str
    receipt: str


class Queue:
    """One queue by its name; methods raise NotFound when it is gone, DependencyUnavailable when nobody answers."""

    def __init__(self, settings: Settings, name: str) -> None:
        self._name = name
        self._client, self._s3 = sqs(settings), s3(settings)
        self._url: str | None = None

    def ensure(self) -> None:
        """Make the queue if it is not there."""
        with translated("sqs"):
            attributes: Any = {"MessageRetentionPeriod": str(RETENTION_S), "VisibilityTimeout": str(VISIBILITY_S)}
            self._url = self._client.create_queue(QueueName=self._name, Attributes=attributes)["QueueUrl"]

    def announce(self, bucket: str) -> None:
        """Let every new object of a bucket be announced here; other notifications of the bucket stay."""
        url = self._found()
        with translated("sqs"):
            arn = self._client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
            self._client.set_queue_attributes(QueueUrl=url, Attributes={"Policy": _policy(arn, bucket)})
        with translated("s3"):
            present: Any = self._s3.get_bucket_notification_configuration(Bucket=bucket)
            queues = present.get("QueueConfigurations", [])
            if any(one["QueueArn"] == arn for one in queues):
                return
            wanted: NotificationConfigurationTypeDef = {
                name: value for name, value in present.items() if name.endswith(("Configurations", "Configuration"))
            }  # type: ignore[assignment]
            wanted["QueueConfigurations"] = [*queues, {"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}]
            self._s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=wanted)

    def receive(self, wait_s: int) -> list[Message]:
        """Return up to `BATCH` messages, after at most `wait_s` (0 to 20) seconds none."""
        with translated("sqs"):
            reply = self._client.receive_message(
                QueueUrl=self._found(), MaxNumberOfMessages=BATCH, WaitTimeSeconds=wait_s
            )
        return [Message(found["Body"], found["ReceiptHandle"]) for found in reply.get("Messages", [])]

    def delete(self, messages: Sequence[Message]) -> None:
        """Remove messages that were dealt with."""
        for start in range(0, len(messages), BATCH):
            part = messages[start : start + BATCH]
            entries: Any = [{"Id": str(n), "ReceiptHandle": message.receipt} for n, message in enumerate(part)]
            with translated("sqs"):
                self._client.delete_message_batch(QueueUrl=self._found(), Entries=entries)

    def _found(self) -> str:
        if self._url is None:
            with translated("sqs"):
                self._url = self._client.get_queue_url(QueueName=self._name)["QueueUrl"]
        return self._url


def _policy(queue_arn: str, bucket: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue_arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": f"arn:aws:s3:::{bucket}"}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
