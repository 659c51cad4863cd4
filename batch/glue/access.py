"""Who may do what of Glue: a caller's operations, each behind the policy of the caller's role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from batch.glue.app import Operation
from clients.aws_auth import Holder
from clients.iam import Policies


def permitted(operations: Mapping[str, Operation], caller: Holder, policies: Policies) -> Mapping[str, Operation]:
    """Return the operations for one caller; each raises Forbidden where the caller's policy does not allow it."""

    def guarded(name: str, operation: Operation) -> Operation:
        def run(payload: dict[str, Any]) -> dict[str, Any]:
            policies.check(caller, f"glue:{name}", _thing(name, payload))
            return operation(payload)

        return run

    return {name: guarded(name, operation) for name, operation in operations.items()}


def _thing(name: str, payload: Mapping[str, Any]) -> str:
    """Return what an operation is about, as the end of an ARN; lists are about everything."""
    kind = "trigger" if "Trigger" in name else "job"
    return f"{kind}/{payload.get('JobName') or payload.get('Name') or '*'}"
