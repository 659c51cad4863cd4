"""Score the evaluation pairs with other matchers, in their own environment, since the newest want another Python.

Reads name1,name2,kind as CSV from standard input, writes {peer: {"scores": [], "us_a_pair": float}} as JSON. The
environment is what `make bench-names` makes of the dependency group `peers`.
"""

from __future__ import annotations

import csv
import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

Pairs = list[dict[str, str]]
_PARTS = 20


def logic_v2(pairs: Pairs) -> Callable[[int], float]:
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
    return lambda at: matcher.compare(*sides[at], config).score


def indic_namematch(pairs: Pairs) -> Callable[[int], float]:
    """The matcher for Indian identity papers."""
    from indic_namematch import NameMatcher

    matcher: Any = NameMatcher()
    return lambda at: matcher.score(pairs[at]["name1"], pairs[at]["name2"])


def main() -> None:
    """Score each pair once; the cost is the median of twenty parts, as of the matchers beside these."""
    pairs = list(csv.DictReader(sys.stdin))
    results = {}
    for name, build in (("logic-v2", logic_v2), ("indic-namematch", indic_namematch)):
        score, scores, costs = build(pairs), [], []
        for part in range(_PARTS):
            chosen = range(part * len(pairs) // _PARTS, (part + 1) * len(pairs) // _PARTS)
            start = time.process_time()
            scores += [float(score(at)) for at in chosen]
            costs.append((time.process_time() - start) / len(chosen))
        results[name] = {"scores": scores, "us_a_pair": 1e6 * statistics.median(costs)}
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main()
