"""AWS through boto3: the session of our profile, its clients, and AWS's errors as ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from core.errors import BadInput, Conflict, DependencyUnavailable, Forbidden, NotFound, RateLimited, TiplineError
from core.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_glue import GlueClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

CONNECT_TIMEOUT_S = 2.0
READ_TIMEOUT_S = 60.0

_BY_STATUS: dict[int, type[TiplineError]] = {
    400: BadInput, 403: Forbidden, 404: NotFound, 409: Conflict, 412: Conflict, 429: RateLimited,
}  # fmt: skip
_BY_CODE: dict[str, type[TiplineError]] = {
    "EntityNotFoundException": NotFound,
    "AlreadyExistsException": Conflict,
    "IdempotentParameterMismatchException": Conflict,
    "ConcurrentRunsExceededException": RateLimited,
    "AWS.SimpleQueueService.NonExistentQueue": NotFound,
}


def session(settings: Settings) -> boto3.Session:
    """Return a session with the credentials of our profile and the configured region."""
    core = botocore.session.Session(profile=settings.aws_profile)
    core.set_config_variable("credentials_file", str(settings.aws_shared_credentials_file))
    # Every client of this session trusts these; without a file, those that botocore brings.
    if settings.ca_file is not None:
        core.set_config_variable("ca_bundle", str(settings.ca_file))
    return boto3.Session(botocore_session=core, region_name=settings.aws_region)


def access_key(settings: Settings) -> tuple[str, str]:
    """Return the profile's access key id and secret, for what cannot use a session (Spark, PyIceberg)."""
    found = session(settings).get_credentials()
    if found is None:
        raise Forbidden(f"profile {settings.aws_profile} has no credentials; `tipline up` makes them at first run.")
    frozen = found.get_frozen_credentials()
    return str(frozen.access_key), str(frozen.secret_key)


def s3(settings: Settings) -> S3Client:
    """Return a client of the configured S3."""
    path_style = Config(
        s3={"addressing_style": "path"},
        connect_timeout=CONNECT_TIMEOUT_S,
        read_timeout=READ_TIMEOUT_S,
        retries={"mode": "standard", "total_max_attempts": 5},
    )
    return session(settings).client("s3", endpoint_url=settings.s3_url, config=path_style)


def sqs(settings: Settings) -> SQSClient:
    """Return a client of the queue service that bucket events come through."""
    return session(settings).client("sqs", endpoint_url=settings.sqs_url)


def glue(settings: Settings) -> GlueClient:
    """Return a client of Glue: our facade, or AWS where `glue_url` names it."""
    return session(settings).client("glue", endpoint_url=settings.glue_url)


@contextmanager
def translated(service: str) -> Iterator[None]:
    """Raise the project's errors in place of botocore's."""
    try:
        yield
    except ClientError as error:
        details = error.response.get("Error", {})
        code, message = details.get("Code", ""), details.get("Message", "") or str(error)
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
        kind = _BY_CODE.get(code) or _BY_STATUS.get(status, DependencyUnavailable)
        raise kind(f"{service}: {message}", code=code or None) from error
    except BotoCoreError as error:
        raise DependencyUnavailable(f"{service} does not answer: {error}", code=f"{service}_unavailable") from error
