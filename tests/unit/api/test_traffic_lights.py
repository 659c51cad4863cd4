"""Traffic lights: rules as data, their wording, and when figures are due."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest

from api.light_measures import MEANINGS
from api.light_models import Measure
from api.traffic_lights import RULES, Rule, TrafficLights, due_day, level_of, read_rules
from core.errors import ConfigurationError


def test_our_rules_are_valid_and_every_measure_has_a_meaning() -> None:
    rules = read_rules(None).rules
    assert {rule.measure for rule in rules} == set(get_args(Measure)) == set(MEANINGS)
    comments = RULES.read_text()
    assert all(measure in comments.partition("rules:")[0] for measure in MEANINGS)


@pytest.mark.parametrize(
    "text",
    [
        "rules: []",
        "rule: x",
        "- measure: position",
        "rules: [{measure: height, red: 1}]",
        "rules: [{measure: position, amber: 0.3, red: 0.2}]",
        "rules: [{measure: position, red: 0.2}, {measure: position, red: 0.3}]",
        "rules: [{measure: position, red: high}]",
        "rules: [",
    ],
)
def test_a_file_that_holds_no_rules_stops_the_gateway(tmp_path: Path, text: str) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(text)
    with pytest.raises(ConfigurationError, match=r"rules\.yaml"):
        read_rules(file)
    with pytest.raises(ConfigurationError):
        read_rules(tmp_path / "none.yaml")


def test_a_banks_own_file_wins(tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text('rules: [{measure: drawdown, red: "0.3"}]')
    lights = read_rules(file)
    assert lights.rules == (Rule(measure="drawdown", red=Decimal("0.3")),)
    assert lights.parameters(date(2026, 4, 17)) == {
        "due": date(2026, 4, 17), "red_drawdown": Decimal("0.3"), "amber_drawdown": None,
    }  # fmt: skip


def test_each_light_says_why() -> None:
    rules = [
        Rule(measure="position", amber=Decimal("0.15"), red=Decimal("0.25")),
        Rule(measure="missing_prices", red=Decimal(1)),
        Rule(measure="issuer", red=Decimal("0.3")),
        Rule(measure="flash", amber=Decimal(1)),
        Rule(measure="late", amber=Decimal(1)),
    ]
    measured = [Decimal("0.3125"), Decimal(0), None, Decimal(1), Decimal("2.0000")]
    row = {"measured": measured, "levels": [2, 0, None, 1, 1]}
    lights = TrafficLights(rules)
    assert [(one.level, one.reason) for one in lights.lights(row)] == [
        ("red", "One position is 31.25 %; red from 25.00 %"),
        ("green", "0 positions count as zero"),
        ("unknown", "Not measured: largest issuer is not known"),
        ("amber", "Not every file of the day has come"),
        ("amber", "The figures are 2 weekdays old; amber from 1"),
    ]
    assert [one.rule for one in lights.lights(row, only_lit=True)] == ["position", "flash", "late"]
    assert [level_of(number) for number in (None, 0, 1, 2)] == ["green", "green", "amber", "red"]


def test_counts_of_groups_add_up_by_rule() -> None:
    lights = TrafficLights([Rule(measure="drawdown", red=Decimal("0.2"))])
    (found,) = lights.count([{"amber_drawdown": 1, "red_drawdown": 2}, {"amber_drawdown": 0, "red_drawdown": 5}])
    assert (found.rule, found.title, found.amber, found.red) == ("drawdown", "Drawdown", 1, 7)


@pytest.mark.parametrize(
    ("today", "due"),
    [
        ("2026-04-15", "2026-04-14"),
        ("2026-04-18", "2026-04-17"),
        ("2026-04-19", "2026-04-17"),
        ("2026-04-20", "2026-04-17"),
    ],
)
def test_figures_are_due_of_the_last_weekday_before_today(today: str, due: str) -> None:
    assert due_day(date.fromisoformat(today)) == date.fromisoformat(due)
