"""What a run's log says at its end: the line that a person would look for."""

from __future__ import annotations

import json
import re
from pathlib import Path

TAIL_BYTES = 64 * 1024
LIMIT = 2000

# Stack frames, Spark's own records below an error, and the JVM saying that Python ended are not the reason.
_NOISE = re.compile(
    r"\s*at [\w.$]+\(|\s*\.\.\. \d+ more|\s|\d\d/\d\d/\d\d [\d:]+ (INFO|WARN|DEBUG)|Exception in thread \"main\"|"
    r"org\.apache\.spark\.SparkUserAppException|During handling of|Traceback \(most recent|WARNING:|Using Spark"
)


def last_meaningful_line(path: Path) -> str | None:
    """Return the last line that tells something, for ErrorMessage; of our own JSON records what they tell."""
    try:
        with path.open("rb") as log:
            log.seek(max(0, path.stat().st_size - TAIL_BYTES))
            lines = log.read().decode(errors="replace").splitlines()
    except FileNotFoundError:
        return None
    for line in reversed(lines):
        if line and not _NOISE.match(line):
            return _told(line)[:LIMIT]
    return None


def _told(line: str) -> str:
    try:
        record = json.loads(line)
    except ValueError:
        return line
    if not isinstance(record, dict) or "event" not in record:
        return line
    return ": ".join(str(record[name]) for name in ("event", "error") if record.get(name))
