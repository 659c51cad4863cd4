"""Traffic lights: what a portfolio's figures are measured by, and from which values on that is amber or red.

The values are data, `traffic_lights.yaml` or the bank's own file; PostgreSQL compares, so that a book of thousands of
clients is counted where its figures lie.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from api.light_measures import MEANINGS, Meaning
from api.light_models import Level, Light, LightCount, Measure, Unit
from core.errors import ConfigurationError

RULES = Path(__file__).with_name("traffic_lights.yaml")
_LEVELS: tuple[Level, ...] = ("green", "amber", "red")
_SATURDAY = 5
_UNKNOWN = "Not measured: {title} is not known"


class Rule(BaseModel):
    """A measure is amber or red from these values on; one that has none is never so."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    measure: Measure
    amber: Decimal | None = None
    red: Decimal | None = None

    @model_validator(mode="after")
    def _is_in_order(self) -> Rule:
        if self.amber is not None and self.red is not None and self.amber > self.red:
            raise ValueError(f"{self.measure} is red before it is amber")
        return self


class TrafficLights:
    """The rules of this process.

    `sql` is a subselect for `LATERAL`, over a row `m` of client_metrics and with `parameters`: `measured`, the value of
    each rule's measure (null where unknown), `levels`, 0 green to 2 red likewise, and `level`, the worst of them.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        names = [rule.measure for rule in rules]
        values = ", ".join(f"({MEANINGS[name].sql})::numeric AS {name}" for name in names)
        levels = ", ".join(
            f"CASE WHEN {name} >= %(red_{name})s::numeric THEN 2 WHEN {name} >= %(amber_{name})s::numeric THEN 1"
            f" WHEN {name} IS NOT NULL THEN 0 END AS level_{name}"
            for name in names
        )
        worst = ", ".join(f"level_{name}" for name in names)
        # Names of measures are this module's own, never input. OFFSET 0 keeps PostgreSQL from writing each measure out
        # wherever it is named, and working it out as often.
        self.sql = (
            f"SELECT ARRAY[{', '.join(names)}] AS measured, ARRAY[{worst}] AS levels, greatest({worst}) AS level"  # noqa: S608
            f" FROM (SELECT *, {levels} FROM (SELECT {values} OFFSET 0) v OFFSET 0) w"
        )
        self.counts_sql = ", ".join(
            f"count(*) FILTER (WHERE levels[{at}] = {level}) AS {_LEVELS[level]}_{name}"
            for at, name in enumerate(names, start=1)
            for level in (1, 2)
        )

    def parameters(self, due: date | None) -> dict[str, Any]:
        """Return what `sql` wants; `due` is the day whose figures are to be there, None where none are late."""
        reds = {f"red_{rule.measure}": rule.red for rule in self.rules}
        return {"due": due, **reds, **{f"amber_{rule.measure}": rule.amber for rule in self.rules}}

    def lights(self, row: Mapping[str, Any], *, only_lit: bool = False) -> list[Light]:
        """Word the measures of a row that `sql` was joined to; `only_lit` leaves out what is green or not known."""
        found = zip(self.rules, row["measured"], row["levels"], strict=True)
        return [_light(rule, value, level) for rule, value, level in found if level or not only_lit]

    def count(self, rows: Sequence[Mapping[str, Any]]) -> list[LightCount]:
        """Add up rows that have the columns of `counts_sql`, rule by rule."""
        return [
            LightCount(
                rule=rule.measure,
                title=MEANINGS[rule.measure].title,
                amber=sum(row[f"amber_{rule.measure}"] for row in rows),
                red=sum(row[f"red_{rule.measure}"] for row in rows),
            )
            for rule in self.rules
        ]


def level_of(number: int | None) -> Level:
    """Return the name of a level as PostgreSQL numbers it; one that no rule could tell is green."""
    return _LEVELS[number or 0]


def read_rules(file: Path | None) -> TrafficLights:
    """Read the bank's rules, or by default ours; ConfigurationError when they are none."""
    path = file or RULES
    try:
        stated = yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]
        rules = [Rule.model_validate(rule) for rule in stated]
    except (OSError, UnicodeError, yaml.YAMLError, KeyError, TypeError, ValidationError) as error:
        raise ConfigurationError(f"{path} holds no rules for traffic lights: {error}") from None
    if not rules or len({rule.measure for rule in rules}) < len(rules):
        raise ConfigurationError(f"{path}: there must be rules, each of another measure")
    return TrafficLights(rules)


def due_day(today: date) -> date:
    """Return the day whose figures are to be there today: the last weekday before it."""
    day = today - timedelta(days=1)
    return day - timedelta(days=max(day.weekday() - _SATURDAY + 1, 0))


def _light(rule: Rule, value: Decimal | None, level: int | None) -> Light:
    meaning = MEANINGS[rule.measure]
    return Light(
        rule=rule.measure,
        title=meaning.title,
        level="unknown" if level is None else _LEVELS[level],
        value=value,
        unit=meaning.unit,
        amber=rule.amber,
        red=rule.red,
        reason=_reason(rule, meaning, value, level),
    )


def _reason(rule: Rule, meaning: Meaning, value: Decimal | None, level: int | None) -> str:
    if value is None or level is None:
        return _UNKNOWN.format(title=meaning.title.lower())
    if meaning.unit == "flag":
        return meaning.sentence if value else f"{meaning.title}: no"
    said = meaning.sentence.format(_shown(value, meaning.unit))
    limit = {1: rule.amber, 2: rule.red}.get(level)
    return said if limit is None else f"{said}; {_LEVELS[level]} from {_shown(limit, meaning.unit)}"


def _shown(value: Decimal, unit: Unit) -> str:
    return f"{value.normalize():f}" if unit != "share" else f"{value * 100:.2f} %"
