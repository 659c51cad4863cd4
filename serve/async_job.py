"""InvokeEndpointAsync as it is asked for: its headers, checked, and where its input, output and failure are."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from core.errors import BadInput
from serve.runtime_headers import ATTRIBUTES_HEADER, INFERENCE_ID_HEADER, PREFIX, read_call

INLINE_LIMIT_BYTES = 128_000
OUTPUT_HEADER = "X-Amzn-SageMaker-OutputLocation"
FAILURE_HEADER = "X-Amzn-SageMaker-FailureLocation"

# The API's own limits.
_EXTENSION = re.compile(r"[a-zA-Z0-9!_.*'()/-]{1,512}")
_FILENAME = re.compile(r"(?!.*\..*\.)[a-zA-Z0-9][a-zA-Z0-9\-_.]{0,31}")
_TTL_S = (60, 21_600, 21_600)
_TIMEOUT_S = (1, 3_600, 900)


@dataclass(frozen=True, slots=True)
class Job:
    """One invocation; keys are of objects in the bucket for all of them, and an inline body has no `input_key`."""

    invocation_id: str
    target: str
    headers: Mapping[str, str]
    content_type: str
    accept: str
    input_key: str | None
    output_key: str
    failure_key: str
    ttl_s: int
    timeout_s: int

    @classmethod
    def of_request(cls, headers: Mapping[str, str], endpoint: str, target: str, body: bytes, bucket: str) -> Self:
        """Read a request; BadInput names what is wrong."""
        location = headers.get(PREFIX + "inputlocation")
        if bool(body) == (location is not None):
            raise BadInput("give either Body or InputLocation", code="bad_input_location")
        kept = {
            name: headers[name] for name in (ATTRIBUTES_HEADER.lower(), INFERENCE_ID_HEADER.lower()) if name in headers
        }
        content_type, accept = (headers.get(PREFIX + name, "") for name in ("content-type", "accept"))
        read_call(headers, target, content_type, accept)
        invocation_id = str(uuid.uuid4())
        extension = _matching(headers, "s3outputpathextension", _EXTENSION, "").strip("/")
        name = _matching(headers, "filename", _FILENAME, f"{invocation_id}.out")
        place = f"{extension}/{name}" if extension else name
        return cls(
            invocation_id=invocation_id,
            target=target,
            headers=kept,
            content_type=content_type,
            accept=accept,
            input_key=None if location is None else _key(location, bucket),
            output_key=f"{endpoint}/outputs/{place}",
            failure_key=f"{endpoint}/failures/{place}",
            ttl_s=_seconds(headers, "requestttlseconds", *_TTL_S),
            timeout_s=_seconds(headers, "invocationtimeoutseconds", *_TIMEOUT_S),
        )

    @property
    def inference_id(self) -> str:
        """The caller's id of the inference, ours where there is none."""
        return self.headers.get(INFERENCE_ID_HEADER.lower(), self.invocation_id)

    def document(self) -> dict[str, Any]:
        """Return what `Job(**document)` makes again."""
        return asdict(self)


def _key(location: str, bucket: str) -> str:
    """Our own rights reach further than a caller's: only what lies in the one bucket for this is read."""
    prefix = f"s3://{bucket}/"
    if not location.startswith(prefix) or len(location) == len(prefix) or len(location) > 1024:
        raise BadInput(f"InputLocation must be an object in {prefix}", code="bad_input_location")
    return location.removeprefix(prefix)


def _matching(headers: Mapping[str, str], name: str, pattern: re.Pattern[str], default: str) -> str:
    value = headers.get(PREFIX + name)
    if value is not None and not pattern.fullmatch(value):
        raise BadInput(f"{PREFIX}{name} must match {pattern.pattern}", code="bad_header")
    return default if value is None else value


def _seconds(headers: Mapping[str, str], name: str, least: int, most: int, default: int) -> int:
    value = headers.get(PREFIX + name, str(default))
    if not re.fullmatch("[0-9]{1,9}", value) or not least <= int(value) <= most:
        raise BadInput(f"{PREFIX}{name} must be from {least} to {most}", code="bad_header")
    return int(value)
