"""The model endpoint through boto3's `sagemaker-runtime`: the same client talks to ours and to real SageMaker."""

from __future__ import annotations

import json
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from clients.aws import session
from core.errors import BadInput, DependencyUnavailable, Forbidden, ModelFailure, Overloaded, TiplineError
from core.settings import Settings

Json = Any
CONNECT_TIMEOUT_S = 2.0
READ_TIMEOUT_S = 70.0

_ERRORS: dict[str, type[TiplineError]] = {
    "ValidationError": BadInput,
    "ModelError": ModelFailure,
    "ServiceUnavailable": Overloaded,
}


class EndpointClient:
    """Invokes targets of one endpoint with signed requests; boto3 retries what AWS marks as retryable."""

    def __init__(self, settings: Settings, *, attempts: int = 3) -> None:
        self._name = settings.endpoint_name
        self._runtime = session(settings).client(
            "sagemaker-runtime",
            endpoint_url=settings.endpoint_url,
            config=Config(
                connect_timeout=CONNECT_TIMEOUT_S,
                read_timeout=READ_TIMEOUT_S,
                retries={"mode": "standard", "total_max_attempts": attempts},
            ),
        )

    def invoke(self, target: str, instances: list[Json], **options: Json) -> list[Json]:
        """Return one prediction an instance, in order; options go beside the instances."""
        body = json.dumps({"instances": instances, **options}).encode()
        reply: list[Json] = json.loads(self.invoke_raw(target, body, "application/json"))["predictions"]
        return reply

    def invoke_raw(self, target: str, body: bytes, content_type: str, *, accept: str | None = None) -> bytes:
        """Return the reply's body as it came, by default in the form of the request; AWS's errors become ours."""
        try:
            response = self._runtime.invoke_endpoint(
                EndpointName=self._name,
                TargetModel=target,
                ContentType=content_type,
                Accept=accept or content_type,
                Body=body,
            )
            content: bytes = response["Body"].read()
        except ClientError as error:
            raise _translate(error) from error
        except BotoCoreError as error:
            raise DependencyUnavailable(
                f"the endpoint does not answer: {error}", code="endpoint_unavailable"
            ) from error
        return content


def _translate(error: ClientError) -> TiplineError:
    code = error.response.get("Error", {}).get("Code", "")
    message = error.response.get("Error", {}).get("Message", "") or str(error)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
    kind = _ERRORS.get(code) or (Forbidden if status == 403 else DependencyUnavailable)
    return kind(message)
