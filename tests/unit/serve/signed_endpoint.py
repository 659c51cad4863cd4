"""The HTTP face over a stand-in for the models, called with signed requests."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import httpx
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from clients.aws_auth import KeyRing, Verifier
from clients.iam import Policies
from serve.ingress import Container, Limits, RuntimeApi, create_app
from serve.protocol import Answer, Invocation

URL = "http://127.0.0.1:8080"
REGION = "eu-central-1"
LIMIT_BYTES = 2000
PATH = "/endpoints/news-enrichment/invocations"
BODY = b'{"instances":["a","b"],"keep_above":0.8}'


class Endpoint:
    """The application with a target that echoes its records, or fails as told."""

    def __init__(self, keys_path: Path) -> None:
        self.ready = True
        self.failure: Exception | None = None
        self.calls: list[tuple[str, Invocation]] = []
        roles = {"KEY": "platform", "STREAM": "stream", "ANALYST": "analyst"}
        keys_path.write_text(json.dumps({key: {"secret": "right", "role": role} for key, role in roles.items()}))
        container = Container(lambda: self.ready, self.invoke, Limits(LIMIT_BYTES, timeout_s=0.2, stream_timeout_s=0.5))
        verifier = Verifier(KeyRing(keys_path), REGION)
        app = create_app(container, RuntimeApi(container, "news-enrichment", verifier, Policies.read(REGION)))
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=URL)

    async def invoke(self, target: str, invocation: Invocation) -> Answer:
        if self.failure:
            raise self.failure
        self.calls.append((target, invocation))
        if "for ever" in invocation.records:
            await asyncio.Event().wait()
        return Answer([json.dumps({"echo": str(record)}).encode() for record in invocation.records])

    async def post(
        self, path: str, body: bytes, *, key: str = "KEY", signed_with: str = "right", **headers: str
    ) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = AWSRequest("POST", URL + path, headers=named, data=body)
        SigV4Auth(Credentials(key, signed_with), "sagemaker", REGION).add_auth(request)
        return await self.http.post(path, content=body, headers=dict(request.headers))
