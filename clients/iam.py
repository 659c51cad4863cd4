"""What the holder of a key may do at our servers: AWS's policy documents of deploy/iam, evaluated as AWS does."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from clients.aws_auth import Holder
from core.errors import Forbidden

DOCUMENTS = Path(__file__).resolve().parents[1] / "deploy" / "iam"
# The key of the whole installation: like an account's own, no policy limits it.
OWNER = "platform"
ACCOUNT = "000000000000"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: what it allows or denies, on which resources; `conditional` when that hangs on more."""

    allows: bool
    actions: tuple[re.Pattern[str], ...]
    resources: tuple[re.Pattern[str], ...]
    conditional: bool

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """Read a statement; a list of one may be written without brackets."""
        return cls(
            allows=document["Effect"] == "Allow",
            actions=tuple(_pattern(one, re.IGNORECASE) for one in _listed(document["Action"])),
            resources=tuple(_pattern(one) for one in _listed(document["Resource"])),
            conditional="Condition" in document,
        )

    def speaks_of(self, action: str, resource: str) -> bool:
        """Return whether it is about this action on this resource."""
        return any(one.fullmatch(action) for one in self.actions) and any(
            one.fullmatch(resource) for one in self.resources
        )


class Policies:
    """Each role's policy, by the name of its document; a role without one may do nothing."""

    def __init__(self, documents: Mapping[str, Mapping[str, Any]], region: str) -> None:
        self._statements = {
            role: tuple(Statement.of(one) for one in document["Statement"]) for role, document in documents.items()
        }
        self._region = region

    @classmethod
    def read(cls, region: str, folder: Path = DOCUMENTS) -> Policies:
        """Read `ROLE.json` of every role, for resources of one region."""
        return cls({path.stem: json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))}, region)

    def check(self, holder: Holder, action: str, thing: str) -> None:
        """Pass when the holder may do `service:Action` on a thing such as `endpoint/NAME`; Forbidden in AWS's words."""
        service = action.partition(":")[0]
        resource = f"arn:aws:{service}:{self._region}:{ACCOUNT}:{thing}"
        if not self.allows(holder.role, action, resource):
            raise Forbidden(
                f"User: arn:aws:iam::{ACCOUNT}:user/{holder.user} is not authorized to perform: {action}"
                f" on resource: {resource}",
                code="AccessDeniedException",
            )

    def allows(self, role: str, action: str, resource: str) -> bool:
        """Return whether a statement allows it and none denies it; a condition is unknown here, so it never helps."""
        if role == OWNER:
            return True
        about = [one for one in self._statements.get(role, ()) if one.speaks_of(action, resource)]
        denied = any(not one.allows for one in about)
        return not denied and any(one.allows and not one.conditional for one in about)


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _pattern(text: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    """AWS knows two wildcards: any run of characters, and any one."""
    return re.compile(re.escape(text).replace(r"\*", ".*").replace(r"\?", "."), flags | re.DOTALL)
