"""What traffic lights measure, in SQL and in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from api.light_models import Measure, Unit

# Weekdays since a Monday; a weekend's days count as the Monday after them.
_WEEKDAYS = "(({0} - DATE '1970-01-05') / 7 * 5 + least(({0} - DATE '1970-01-05') %% 7, 5))"
_DUE = "coalesce(%(due)s::date, m.as_of_date)"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a measure is: SQL over `m`, a row of client_metrics; its unit, its title, and a sentence about its value."""

    sql: str
    unit: Unit
    title: str
    sentence: str


def _count(*qualities: str) -> str:
    return " + ".join(f"coalesce((m.quality_counts ->> '{each}')::numeric, 0)" for each in qualities)


MEANINGS: Mapping[Measure, Meaning] = {
    "position": Meaning("m.top_concentration", "share", "Largest position", "One position is {}"),
    "issuer": Meaning("m.top_issuer", "share", "Largest issuer", "One issuer is {}"),
    "currency": Meaning("m.top_foreign_currency", "share", "Largest foreign currency", "One foreign currency is {}"),
    "asset_class": Meaning("m.top_asset_class", "share", "Largest asset class", "One asset class is {}"),
    "country": Meaning("m.top_country", "share", "Largest country", "One country is {}"),
    "unclassified": Meaning("m.unclassified", "share", "Unclassified", "{} is of no known class"),
    "drawdown": Meaning("-m.drawdown", "share", "Drawdown", "{} below the peak"),
    "day_loss": Meaning("greatest(-m.daily_return, 0)", "share", "Loss of the day", "{} lost on the day"),
    "stale_prices": Meaning(
        f"({_count('stale', 'estimated', 'missing')}) / greatest(m.positions, 1)",
        "share", "Prices not of the day", "{} of the positions have no price of the day",
    ),
    "missing_prices": Meaning(_count("missing"), "count", "Prices missing", "{} positions count as zero"),
    "unexplained": Meaning(
        "abs(m.pnl_unexplained) / nullif(abs(m.market_value), 0)",
        "share", "Unexplained P&L", "P&L of {} of the value is unexplained",
    ),
    "late": Meaning(
        f"greatest({_WEEKDAYS.format(_DUE)} - {_WEEKDAYS.format('m.as_of_date')}, 0)",
        "days", "Figures late", "The figures are {} weekdays old",
    ),
    "flash": Meaning("(m.status = 'flash')::int", "flag", "Flash", "Not every file of the day has come"),
    "restated": Meaning("(m.status = 'restated')::int", "flag", "Restated", "Final figures have been corrected"),
}  # fmt: skip
