"""One human sentence for a decision: the name as found, the facts that spoke, and where the client stands."""

from __future__ import annotations

from collections.abc import Sequence

from models.context import Reason

_FACTS = {
    "employer": "employer {}", "related": "related {}", "role": "role {}", "city": "city {}", "country": "country {}",
    "sector": "sector {}", "party": "party {}", "age": "matching age", "publisher": "own publication", "field": "{}",
    "context": "{} as in a confirmed article",
}  # fmt: skip
_AGAINST = {
    "other_field": "the text has the person {}", "other_employer": "the text gives {}", "sport_page": "it is {}",
    "other_age": "the age differs: {}", "other_gender": "the person is {}", "blocked": "this name was {}",
    "others": "{}", "person": "the text names {}",
}  # fmt: skip
_PLACES = ("headline", "lead", "subject", "frequency", "list", "passing")


def explain(reasons: Sequence[Reason], verdict: str) -> str:
    """Say in one sentence what decided, strongest first."""
    by_kind = {reason.kind: reason for reason in reasons}
    name = by_kind["name"].detail
    against = [_AGAINST[kind].format(by_kind[kind].detail) for kind in _AGAINST if kind in by_kind]
    if against and verdict == "nil":
        return f"{name.capitalize()} found, but {' and '.join(against)}."
    facts = [
        _FACTS[r.kind].format(r.detail) for r in sorted(reasons, key=lambda r: -r.contribution) if r.kind in _FACTS
    ]
    places = [by_kind[kind].detail for kind in _PLACES if kind in by_kind] or ["named once, outside headline and lead"]
    said = " and ".join([name, *facts[:2]]) if facts else f"{name} without any known fact beside it"
    relation = f"; the client is {by_kind['relation'].detail}" if "relation" in by_kind else ""
    doubt = f"; but {against[0]}" if against else ""
    return f"{said[0].upper()}{said[1:]}, {', '.join(places)}{doubt}{relation}."
