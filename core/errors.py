"""The project's error tree: each error knows its HTTP status and whether trying again can help.

TiplineError
├── BadInput            400  what the caller sent cannot be understood
│   ├── PayloadTooLarge 413
│   └── UnsupportedFormat 415
├── Unauthenticated     401
├── Forbidden           403
├── NotFound            404  also what the caller may not see
├── Conflict            409
├── PreconditionFailed  412
├── PreconditionRequired 428
├── ModelFailure        424  the model answered with an error
├── RateLimited         429  retryable
├── DependencyUnavailable 503 retryable
│   └── Overloaded      503  retryable
└── ConfigurationError  500  the set-up is wrong; the message says the fix
"""

from __future__ import annotations

from typing import Any


class TiplineError(Exception):
    """Base of every error the project raises on purpose; `code` is stable and machine-readable."""

    code = "internal_error"
    status = 500
    retryable = False

    def __init__(self, message: str, *, code: str | None = None, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after_s = retry_after_s
        if code is not None:
            self.code = code

    def __reduce__(self) -> tuple[Any, ...]:
        # Errors cross process borders (Ray actors); keyword-only arguments do not pickle by default.
        return _rebuild, (type(self), self.message, self.code, self.retry_after_s)


def _rebuild(kind: type[TiplineError], message: str, code: str, retry_after_s: float | None) -> TiplineError:
    return kind(message, code=code, retry_after_s=retry_after_s)


class BadInput(TiplineError):
    """What the caller sent cannot be understood."""

    code, status = "bad_input", 400


class PayloadTooLarge(BadInput):
    """The body exceeds the documented limit."""

    code, status = "payload_too_large", 413


class UnsupportedFormat(BadInput):
    """The content type or format is not one we read."""

    code, status = "unsupported_format", 415


class Unauthenticated(TiplineError):
    """No valid signature, session or token."""

    code, status = "unauthenticated", 401


class Forbidden(TiplineError):
    """The caller is known and may not do this."""

    code, status = "forbidden", 403


class NotFound(TiplineError):
    """It does not exist, or the caller may not know that it does."""

    code, status = "not_found", 404


class Conflict(TiplineError):
    """The same identifier was used for something else."""

    code, status = "conflict", 409


class PreconditionFailed(TiplineError):
    """It was changed since the version that `If-Match` names."""

    code, status = "precondition_failed", 412


class PreconditionRequired(TiplineError):
    """This change needs `If-Match` with the ETag of the version it is made to."""

    code, status = "precondition_required", 428


class ModelFailure(TiplineError):
    """A model answered with an error for this input."""

    code, status = "model_failure", 424


class RateLimited(TiplineError):
    """Too many requests from this caller."""

    code, status, retryable = "rate_limited", 429, True


class DependencyUnavailable(TiplineError):
    """A server that we need does not answer."""

    code, status, retryable = "dependency_unavailable", 503, True


class Overloaded(DependencyUnavailable):
    """We are at capacity; the caller should wait `retry_after_s` seconds."""

    code = "overloaded"


class ConfigurationError(TiplineError):
    """The set-up is wrong; the message is one sentence with the fix."""

    code = "configuration_error"
