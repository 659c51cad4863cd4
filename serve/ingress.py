"""The endpoint's HTTP face: `/ping`, the container's `/invocations`, and the signed runtime API."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from fastapi import FastAPI
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from clients.aws_auth import SignedRequest, Verifier
from clients.iam import Policies
from core.clock import utc_now
from core.errors import Forbidden, NotFound, TiplineError
from core.logs import get_logger
from core.settings import Settings
from serve.async_job import FAILURE_HEADER, INLINE_LIMIT_BYTES, OUTPUT_HEADER, Job
from serve.async_queue import AsyncQueue
from serve.bodies import aside, read_body
from serve.protocol import read_invocation, write_reply
from serve.response_stream import Invoke, stream_reply
from serve.runtime_errors import REQUEST_ID_HEADER, error_response, in_time, request_id
from serve.runtime_headers import PREFIX, Call, read_call, target_of_endpoint, target_of_model
from serve.slots import RUNNING
from serve.targets import ENRICH

Handler = Callable[[Request], Awaitable[Response]]
log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """Largest body, and how long a reply may take, as a whole and as a stream."""

    body_bytes: int
    timeout_s: float
    stream_timeout_s: float

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """Return the configured limits."""
        return cls(settings.endpoint_body_limit_bytes, settings.endpoint_timeout_s, settings.endpoint_stream_timeout_s)


@dataclass(frozen=True, slots=True)
class Container:
    """What SageMaker calls in a container: unsigned, as the only caller is SageMaker itself."""

    ready: Callable[[], bool]
    invoke: Invoke
    limits: Limits
    default_target: str = ENRICH

    async def ping(self, _request: Request) -> Response:
        """Return 200 once the models are loaded, 503 before."""
        return Response(status_code=200 if self.ready() else 503)

    async def invocations(self, request: Request) -> Response:
        """Answer `POST /invocations`."""
        body = await read_body(request, self.limits.body_bytes)
        return await self.answer(body, _plain_call(request, target_of_model(request.headers, self.default_target)))

    async def execution_parameters(self, _request: Request) -> Response:
        """Say how a batch transform should call: bodies of many records, a few at once."""
        size_mb = self.limits.body_bytes // (1024 * 1024)
        parameters = {"MaxConcurrentTransforms": RUNNING, "BatchStrategy": "MULTI_RECORD", "MaxPayloadInMB": size_mb}
        return JSONResponse(parameters)

    async def answer(self, body: bytes, call: Call) -> Response:
        """Invoke the call's target and return the whole reply."""
        invocation = await aside(body, lambda: read_invocation(body, call.content_type, call.reply_type))
        answer = await in_time(self.invoke(call.target, invocation), self.limits.timeout_s)
        reply = write_reply(answer.documents, call.reply_type)
        return Response(reply, 200, call.reply_headers(answer.notes), media_type=call.reply_type)


@dataclass(frozen=True, slots=True)
class Asynchronous:
    """Where jobs are stored, and the bucket that their input, output and failures are in."""

    queue: AsyncQueue
    bucket: str

    async def accept(self, headers: Mapping[str, str], endpoint: str, target: str, body: bytes) -> Response:
        """Store a job and say where its result will be."""
        job = Job.of_request(headers, endpoint, target, body, self.bucket)
        await asyncio.to_thread(self.queue.add, job, body)
        places = {OUTPUT_HEADER: job.output_key, FAILURE_HEADER: job.failure_key}
        named = {header: f"s3://{self.bucket}/{key}" for header, key in places.items()}
        return JSONResponse({"InferenceId": job.inference_id}, 202, named)


@dataclass(frozen=True, slots=True)
class RuntimeApi:
    """SageMaker's runtime API over a container: every call signed, and allowed by the caller's policy."""

    container: Container
    endpoint_name: str
    verifier: Verifier
    policies: Policies
    asynchronous: Asynchronous | None = None

    async def invoke(self, request: Request) -> Response:
        """Answer InvokeEndpoint."""
        target, body = await self._admitted(request, "InvokeEndpoint")
        return await self.container.answer(body, _plain_call(request, target))

    async def stream(self, request: Request) -> Response:
        """Answer InvokeEndpointWithResponseStream, whose Accept travels under a name of its own."""
        target, body = await self._admitted(request, "InvokeEndpointWithResponseStream")
        content_type, accept = (request.headers.get(name, "") for name in ("content-type", PREFIX + "accept"))
        call = read_call(request.headers, target, content_type, accept, binary=False)
        invocation = await aside(body, lambda: read_invocation(body, call.content_type, call.reply_type))
        timeout_s = self.container.limits.stream_timeout_s
        return await stream_reply(self.container.invoke, target, invocation, call.reply_headers(), timeout_s=timeout_s)

    async def enqueue(self, request: Request) -> Response:
        """Answer InvokeEndpointAsync, 202 once the job is stored."""
        if self.asynchronous is None:
            raise NotFound("this endpoint has no asynchronous inference", code="no_async")
        target, body = await self._admitted(request, "InvokeEndpointAsync", INLINE_LIMIT_BYTES, may_be_empty=True)
        return await self.asynchronous.accept(request.headers, request.path_params["name"], target, body)

    async def _admitted(
        self, request: Request, operation: str, limit_bytes: int | None = None, *, may_be_empty: bool = False
    ) -> tuple[str, bytes]:
        """Return target and body of a request whose sender may do this."""
        body = await read_body(request, limit_bytes or self.container.limits.body_bytes, may_be_empty=may_be_empty)
        signed = SignedRequest.of_asgi(request.scope, body)
        caller = await aside(body, lambda: self.verifier.verify(signed, utc_now()))
        name = request.path_params["name"]
        self.policies.check(caller, f"sagemaker:{operation}", f"endpoint/{name}")
        return target_of_endpoint(name, self.endpoint_name, request.headers), body


def create_app(container: Container, runtime: RuntimeApi | None = None) -> FastAPI:
    """Return the ASGI application: the container's routes, and those of the runtime API where there is one."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.add_route("/ping", container.ping, methods=["GET"])
    app.add_route("/livez", _live, methods=["GET"])
    app.add_route("/readyz", container.ping, methods=["GET"])
    app.add_route("/execution-parameters", container.execution_parameters, methods=["GET"])
    app.add_route("/invocations", translated(container.invocations), methods=["POST"])
    if runtime is not None:
        path = "/endpoints/{name}"
        app.add_route(f"{path}/invocations", translated(runtime.invoke), methods=["POST"])
        app.add_route(f"{path}/async-invocations", translated(runtime.enqueue), methods=["POST"])
        app.add_route(f"{path}/invocations-response-stream", translated(runtime.stream), methods=["POST"])
    return app


async def _live(_request: Request) -> Response:
    return Response(status_code=200)


def _plain_call(request: Request, target: str) -> Call:
    content_type, accept = (request.headers.get(name, "") for name in ("content-type", "accept"))
    return read_call(request.headers, target, content_type, accept)


def translated(handler: Handler) -> Handler:
    """Answer errors as the API words them, and give every reply a request id, by which the log has the failures."""

    async def translated(request: Request) -> Response:
        this = request_id()
        try:
            if "origin" in request.headers:
                # The container's path needs no signature: a page in a browser here must not ask who is a client.
                raise Forbidden("web pages may not call this endpoint", code="AccessDeniedException")
            response = await handler(request)
        except TiplineError as error:
            response = error_response(error)
            if response.status_code >= 424:
                log.warning("invocation_refused", request_id=this, code=error.code)
        except ClientDisconnect:
            response = Response(status_code=499)
        except Exception:
            log.exception("invocation_failed", request_id=this)
            response = error_response(TiplineError("internal failure"))
        response.headers[REQUEST_ID_HEADER] = this
        return response

    return translated
