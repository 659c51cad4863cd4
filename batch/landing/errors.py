"""Why a whole file is refused."""

from __future__ import annotations

from core.errors import BadInput


class BadFile(BadInput):
    """No row of this file may be used; `reason` says why, `line` and `name` where, as far as there is one place."""

    code = "bad_file"

    def __init__(self, reason: str, line: int | None = None, name: str | None = None) -> None:
        if name is not None:
            place = f"{name}:{line}: " if line is not None else f"{name}: "
        else:
            place = f"line {line}: " if line is not None else ""
        super().__init__(place + reason)
        self.reason = reason
        self.line = line
        self.name = name

    def __reduce__(self) -> tuple[type[BadFile], tuple[str, int | None, str | None]]:
        return type(self), (self.reason, self.line, self.name)

    def in_file(self, name: str) -> BadFile:
        """Return the same error with the name of its file."""
        return BadFile(self.reason, self.line, name)
