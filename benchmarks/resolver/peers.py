"""Score the evaluation pairs with other matchers, in their own environment, since the newest want another Python.

Reads name1,name2,kind as CSV from standard input, writes {peer: {"scores": [], "us_a_pair": float}} as JSON. The
environment is what `make bench-names` makes of the dependency group `peers`.
"""

from __future__ import annotations

import csv
import json
import sys
import time
from collections.abc import Callable
from typing import Any

Pairs = list[dict[str, str]]


def logic_v2(pairs: Pairs) -> Callable[[], list[float]]:
    """Nomenklatura's matcher; entities are built before the clock starts, as an index would hold them."""
    from followthemoney import model
    from nomenklatura.matching import get_algorithm

    matcher: Any = get_algorithm("logic-v2")
    config = matcher.default_config()

    def entity(number: int, side: str, pair: dict[str, str]) -> Any:
        made: Any = model.make_entity("Person" if pair["kind"] == "person" else "Company")
        made.id = f"{side}-{number}"  # it remembers by id
        made.add("name", pair["name1" if side == "left" else "name2"])
        return made

    sides = [(entity(number, "left", pair), entity(number, "right", pair)) for number, pair in enumerate(pairs)]
    return lambda: [matcher.compare(left, right, config).score for left, right in sides]


def indic_namematch(pairs: Pairs) -> Callable[[], list[float]]:
    """The matcher for Indian identity papers."""
    from indic_namematch import NameMatcher

    matcher: Any = NameMatcher()
    return lambda: [float(matcher.score(pair["name1"], pair["name2"])) for pair in pairs]


def main() -> None:
    """Score and time each peer once."""
    pairs = list(csv.DictReader(sys.stdin))
    results = {}
    for name, build in (("logic-v2", logic_v2), ("indic-namematch", indic_namematch)):
        score = build(pairs)
        start = time.process_time()
        scores = score()
        results[name] = {"scores": scores, "us_a_pair": 1e6 * (time.process_time() - start) / len(pairs)}
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main()
