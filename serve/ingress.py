"""The endpoint's HTTP face: `/ping`, the container's `/invocations`, and the signed runtime API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from fastapi import FastAPI
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from clients.aws_auth import SignedRequest, Verifier
from core.clock import utc_now
from core.errors import BadInput, Forbidden, NotFound, PayloadTooLarge, TiplineError
from core.logs import get_logger
from serve.protocol import Invocation, read_invocation, write_reply
from serve.runtime_errors import REQUEST_ID_HEADER, error_response, request_id
from serve.targets import ENRICH, TARGETS

TARGET_HEADER = "x-amzn-sagemaker-target-model"
VARIANT_HEADER = "x-Amzn-Invoked-Production-Variant"
ATTRIBUTES_HEADER = "X-Amzn-SageMaker-Custom-Attributes"
VARIANT = "AllTraffic"

Invoke = Callable[[str, Invocation], Awaitable[list[bytes]]]
Handler = Callable[[Request], Awaitable[Response]]
log = get_logger(__name__)


def create_app(
    *, endpoint_name: str, body_limit_bytes: int, verifier: Verifier, ready: Callable[[], bool], invoke: Invoke
) -> FastAPI:
    """Return the ASGI application; `invoke(target, invocation)` does the work and returns one document a record."""

    async def ping(_request: Request) -> Response:
        return Response(status_code=200 if ready() else 503)

    async def container_invocations(request: Request) -> Response:
        body = await _read_body(request, body_limit_bytes)
        return await _answer(request, body, _target(request.headers), invoke)

    async def endpoint_invocations(request: Request) -> Response:
        body = await _read_body(request, body_limit_bytes)
        verifier.verify(SignedRequest.of_asgi(request.scope, body), utc_now())
        name = request.path_params["name"]
        if name == endpoint_name:
            target = _target(request.headers)
        elif name in TARGETS and name != ENRICH:
            target = name
        else:
            raise NotFound(f"Endpoint {name[:63]} not found", code="unknown_endpoint")
        return await _answer(request, body, target, invoke)

    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.add_route("/ping", ping, methods=["GET"])
    app.add_route("/livez", _live, methods=["GET"])
    app.add_route("/readyz", ping, methods=["GET"])
    app.add_route("/invocations", _translated(container_invocations), methods=["POST"])
    app.add_route("/endpoints/{name}/invocations", _translated(endpoint_invocations), methods=["POST"])
    return app


async def _live(_request: Request) -> Response:
    return Response(status_code=200)


async def _answer(request: Request, body: bytes, target: str, invoke: Invoke) -> Response:
    invocation = read_invocation(body, request.headers.get("content-type", ""))
    results = await invoke(target, invocation)
    headers = {VARIANT_HEADER: VARIANT, REQUEST_ID_HEADER: request_id()}
    attributes = request.headers.get(ATTRIBUTES_HEADER)
    if attributes:
        headers[ATTRIBUTES_HEADER] = attributes
    return Response(write_reply(results, invocation.media_type), 200, headers, media_type=invocation.media_type)


def _target(headers: Mapping[str, str]) -> str:
    target = headers.get(TARGET_HEADER) or ENRICH
    if target not in TARGETS:
        raise BadInput(f"target model must be one of {', '.join(TARGETS)}", code="unknown_target")
    return target


def _refuse_browsers(headers: Mapping[str, str]) -> None:
    """The container's path needs no signature: a page in a browser on this machine must not ask who is a client."""
    if "origin" in headers:
        raise Forbidden("web pages may not call this endpoint", code="AccessDeniedException")


async def _read_body(request: Request, limit_bytes: int) -> bytes:
    """Read the body; PayloadTooLarge before reading it when its declared length is over the limit."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit_bytes:
        raise PayloadTooLarge(f"the body of {declared} bytes exceeds the limit of {limit_bytes} bytes")
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit_bytes:
            raise PayloadTooLarge(f"the body exceeds the limit of {limit_bytes} bytes")
        chunks.append(chunk)
    if not size:
        raise BadInput("the body is empty", code="empty_body")
    return b"".join(chunks)


def _translated(handler: Handler) -> Handler:
    async def translated(request: Request) -> Response:
        try:
            _refuse_browsers(request.headers)
            return await handler(request)
        except TiplineError as error:
            return error_response(error)
        except ClientDisconnect:
            return Response(status_code=499)
        except Exception:
            log.exception("invocation_failed")
            return error_response(TiplineError("internal failure"))

    return translated
