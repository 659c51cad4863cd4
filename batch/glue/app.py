"""The facade's HTTP face: signed `POST /` for each service that it stands for, and its health."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi import FastAPI
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from batch.glue.wire import GLUE_ERRORS, ErrorNames, error_reply, reply
from clients.aws_auth import Holder, SignedRequest, Verifier
from core.clock import utc_now
from core.errors import BadInput, Forbidden, PayloadTooLarge, TiplineError
from core.logs import get_logger

BODY_LIMIT_BYTES = 1024 * 1024

Operation = Callable[[dict[str, Any]], dict[str, Any]]
log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Service:
    """One AWS service: who may call it, what its operations do for a caller, by name, and its names of errors."""

    verifier: Verifier
    operations: Callable[[Holder], Mapping[str, Operation]]
    errors: ErrorNames = GLUE_ERRORS


def create_app(
    services: Mapping[str, Service], *, ready: Callable[[], bool], running: Callable[[], AbstractContextManager[object]]
) -> FastAPI:
    """Return the application; `services` by target prefix (`AWSGlue`), `running` is entered while it serves."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        with running():
            yield

    async def call(request: Request) -> Response:
        prefix, _, name = request.headers.get("x-amz-target", "").rpartition(".")
        service = services.get(prefix)
        names = service.errors if service else GLUE_ERRORS
        try:
            return await _call(service, name, request)
        except TiplineError as error:
            return error_reply(error, names)
        except ClientDisconnect:
            return Response(status_code=499)
        except Exception:
            log.exception("operation_failed", target=request.headers.get("x-amz-target", "")[:100])
            return error_reply(TiplineError("internal failure"), names)

    async def live(_request: Request) -> Response:
        return Response(status_code=200)

    async def is_ready(_request: Request) -> Response:
        return Response(status_code=200 if await run_in_threadpool(ready) else 503)

    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, lifespan=lifespan)
    app.add_route("/", call, methods=["POST"])
    app.add_route("/livez", live, methods=["GET"])
    app.add_route("/readyz", is_ready, methods=["GET"])
    return app


async def _call(service: Service | None, name: str, request: Request) -> Response:
    if service is None or "origin" in request.headers:
        raise Forbidden("this is no request of an AWS client", code="AccessDeniedException")
    body = await _read_body(request)
    caller = service.verifier.verify(SignedRequest.of_asgi(request.scope, body), utc_now())
    operation = service.operations(caller).get(name)
    if operation is None:
        raise BadInput(f"operation {name[:100]} is unknown", code="UnknownOperationException")
    return reply(await run_in_threadpool(_run, operation, body))


def _run(operation: Operation, body: bytes) -> dict[str, Any]:
    try:
        payload = orjson.loads(body or b"{}")
        if not isinstance(payload, dict):
            raise BadInput("the body must be a JSON object", code="SerializationException")
        return operation(payload)
    except orjson.JSONDecodeError as error:
        raise BadInput(f"the body is not JSON: {error}", code="SerializationException") from error
    except ValidationError as error:
        raise BadInput("; ".join(_sentence(one) for one in error.errors())) from error


def _sentence(error: Any) -> str:
    return f"{'.'.join(str(step) for step in error['loc'])}: {error['msg']}"


async def _read_body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT_BYTES:
            raise PayloadTooLarge(f"the body exceeds the limit of {BODY_LIMIT_BYTES} bytes")
    return bytes(body)
