"""JSON from strangers: UTF-8 only, no duplicate keys, no infinities, no NUL or lone surrogate, bounded depth."""

from __future__ import annotations

import json
import math
from typing import Any

from core.errors import BadInput

MAX_DEPTH = 64


def parse_json(body: bytes) -> Any:
    """Parse one JSON document; BadInput names what is wrong and where."""
    try:
        parsed = json.loads(
            body.decode("utf-8-sig"),
            object_pairs_hook=_object,
            parse_float=_finite,
            parse_constant=_no_constant,
        )
    except UnicodeDecodeError as error:
        raise BadInput(f"not UTF-8 at byte {error.start}", code="bad_encoding") from None
    except json.JSONDecodeError as error:
        raise BadInput(f"not JSON: {error.msg} at line {error.lineno} column {error.colno}", code="bad_json") from None
    except RecursionError:
        raise BadInput(f"JSON nested deeper than {MAX_DEPTH}", code="too_deep") from None
    except ValueError as error:
        # Integers of thousands of digits.
        raise BadInput(f"not usable JSON: {error}", code="bad_json") from None
    _check_strings_and_depth(parsed)
    return parsed


def check_text(text: str) -> None:
    """BadInput when text holds what neither Kafka, PostgreSQL nor UTF-8 can carry: NUL or a lone surrogate."""
    if "\x00" in text:
        raise BadInput("text holds a NUL character", code="bad_text")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise BadInput("text holds a lone surrogate", code="bad_text") from None


def _check_strings_and_depth(parsed: Any) -> None:
    level: list[Any] = [parsed]
    for _depth in range(MAX_DEPTH):
        if not level:
            return
        below: list[Any] = []
        for value in level:
            if isinstance(value, str):
                check_text(value)
            elif isinstance(value, dict):
                below.extend(value)
                below.extend(value.values())
            elif isinstance(value, list):
                below.extend(value)
        level = below
    raise BadInput(f"JSON nested deeper than {MAX_DEPTH}", code="too_deep")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    parsed = dict(pairs)
    if len(parsed) != len(pairs):
        raise BadInput("an object has the same key twice", code="duplicate_key")
    return parsed


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise BadInput("a number is too large", code="bad_number")
    return number


def _no_constant(name: str) -> float:
    raise BadInput(f"{name} is not JSON", code="bad_number")
