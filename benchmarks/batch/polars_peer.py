"""One day's work in Polars, in decimals of 12 places.

`python -m benchmarks.batch.polars_peer REPORT DAY [PREVIOUS]`.
"""

from __future__ import annotations

import polars as pl
import pyarrow as pa

from batch.days import STALE_DAYS
from batch.rules.expressions import Condition, conditions, refused, typed_columns
from batch.rules.ruleset import Ruleset, ruleset
from batch.tables import CLIENT_METRICS, POSITION_METRICS, QUARANTINE, TABLES
from benchmarks.batch import polars_gold
from benchmarks.batch.peer import (
    FACTOR_DAYS,
    KINDS,
    Place,
    accounts,
    audit_jumps,
    audit_length,
    crosses,
    identifiers,
    jump_rule,
    main,
)  # fmt: skip

Frames = dict[str, pl.DataFrame]


class PolarsDay:
    """Keeps the day's rows in memory between the steps."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._good: Frames = {}

    def silver(self) -> int:
        """Check and store the day's files; return how many rows were refused."""
        known, bad = accounts(self._place.settings), []
        for kind in KINDS:
            rules = ruleset(kind)
            rows = self._checked(rules, _frame(known))
            table = next(each for each in TABLES if each.name == rules.table)
            self._good[kind] = rows.filter(~pl.col("_refused")).select(self._columns(rules, table.columns))
            self._store(self._good[kind], kind, self._place.settings.silver_bucket)
            bad.append(self._bad(rows.filter("_refused"), rules))
        quarantine = pl.concat(bad)
        self._store(quarantine, "quarantine", self._place.settings.silver_bucket)
        return quarantine.select(pl.struct("kind", "line").n_unique()).item()

    def gold(self) -> tuple[pa.Table, pa.Table]:
        """Compute and store the day's figures; return those of clients and those of positions."""
        place = self._place
        days = [place.day, *([place.previous] if place.previous else [])]
        fx = self._known("fx", STALE_DAYS).to_arrow()
        bases = self._good["positions"]["base_ccy"].unique().to_list()
        before = self._before("positions", place.settings.silver_bucket, self._good["positions"])
        audit_length(ruleset("positions"), len(self._good["positions"]), len(before))
        day = polars_gold.DayFrames(
            positions=self._good["positions"],
            before=before,
            transactions=self._good["transactions"],
            prices=self._known("prices", FACTOR_DAYS),
            rates=_frame(crosses(fx, days, bases)),
            clients_before=self._before("client_metrics", place.settings.gold_bucket, _no_clients()),
        )
        clients, positions = polars_gold.figures(day, place.day, place.previous)
        made = {"as_of_date": place.day, "run_id": place.run_id, "computed_at": place.now, "finality": "final"}
        tables = []
        for name, rows, columns in (
            ("client_metrics", clients, CLIENT_METRICS),
            ("position_metrics", positions, POSITION_METRICS),
        ):
            rows = rows.with_columns(**{key: pl.lit(value) for key, value in made.items()})
            rows = rows.select(pl.col(column).cast(_type(kind)) for column, kind in columns)
            self._store(rows, name, place.settings.gold_bucket)
            tables.append(rows.to_arrow())
        return tables[0], tables[1]

    def _checked(self, rules: Ruleset, known: pl.DataFrame) -> pl.DataFrame:
        """Return the file's rows with their typed columns and `_refused`."""
        rows = pl.read_csv(
            self._place.bronze(rules.kind), infer_schema=False, row_index_name="line", row_index_offset=2
        )
        nothing = ("malformed", *self._place.absent(rules))
        extra = [pl.lit(self._place.day).alias("_date"), *(pl.lit(None, pl.String).alias(name) for name in nothing)]
        if rules.key:
            extra.append(pl.struct(rules.key).is_duplicated().alias("_duplicate"))
        rows = rows.with_columns(extra)
        if "account_id" in rules.columns:
            rows = rows.join(known, on=["client_id", "account_id"], how="left", maintain_order="left")
        if "id_type" in rules.columns:
            checks = _frame(identifiers(rows.select("id_type", "instrument_id").unique().rows()))
            rows = rows.join(checks, on=["id_type", "instrument_id"], how="left", maintain_order="left")
        rows = rows.with_columns(_typed(name, sql) for name, sql in typed_columns(rules).items())
        return rows.with_columns(pl.sql_expr(_polars_sql(refused(conditions(rules)))).alias("_refused"))

    def _columns(self, rules: Ruleset, columns: list[tuple[str, pa.DataType]]) -> list[pl.Expr]:
        typed = {name: f"_{name}" for name, column in rules.columns.items() if column.type != "string"}
        made = {**typed, **rules.silver, rules.date: "_date", "file_id": f"'{rules.kind}/{self._place.day}'"}
        return [pl.sql_expr(made.get(name, name)).cast(_type(kind)).alias(name) for name, kind in columns]

    def _bad(self, rows: pl.DataFrame, rules: Ruleset) -> pl.DataFrame:
        """Return quarantine: a row for each rule that a row breaks."""
        errors = pl.concat_list(_error(each) for each in conditions(rules))
        rows = rows.with_columns(
            pl.struct(list(rules.columns)).struct.json_encode().alias("row"), errors.alias("_error")
        )
        rows = rows.explode("_error").filter(pl.col("_error").is_not_null()).unnest("_error")
        made = {
            "as_of_date": self._place.day, "kind": rules.kind, "file_id": f"{rules.kind}/{self._place.day}",
            "key": rules.kind, "version_id": "null", "run_id": self._place.run_id, "detected_at": self._place.now,
        }  # fmt: skip
        rows = rows.with_columns(**{name: pl.lit(value) for name, value in made.items()})
        return rows.select(pl.col(name).cast(_type(kind)) for name, kind in QUARANTINE)

    def _known(self, kind: str, days_back: int) -> pl.DataFrame:
        place = self._place
        earlier = (
            pl.read_parquet(place.fetch(place.settings.silver_bucket, kind, day))
            for day in place.silver_days(kind, days_back)
        )
        known = pl.concat([self._good[kind], *earlier])
        rule = jump_rule(kind)
        series = known.sort("as_of_date").with_columns(pl.col(rule.value).shift().over(rule.per).alias("last"))
        compared = series.filter((pl.col("as_of_date") == place.day) & (pl.col("last") > 0))
        larger, smaller = (pl.col(a) > pl.col(b) * rule.factor for a, b in ((rule.value, "last"), ("last", rule.value)))
        audit_jumps(rule, len(compared), len(compared.filter(larger | smaller)))
        return known

    def _before(self, kind: str, bucket: str, none: pl.DataFrame) -> pl.DataFrame:
        previous = self._place.previous
        return pl.read_parquet(self._place.fetch(bucket, kind, previous)) if previous else none.clear()

    def _store(self, rows: pl.DataFrame, kind: str, bucket: str) -> None:
        rows.write_parquet(self._place.new_file(kind), compression="zstd")
        self._place.upload(bucket, kind)


def _frame(table: pa.Table) -> pl.DataFrame:
    found = pl.from_arrow(table)
    assert isinstance(found, pl.DataFrame)  # noqa: S101 - of a table, never a series
    return found


def _no_clients() -> pl.DataFrame:
    return _frame(pa.schema(CLIENT_METRICS).empty_table())


def _typed(name: str, sql: str) -> pl.Expr:
    text = name.removeprefix("_")
    if "AS date)" not in sql:
        return pl.sql_expr(sql).alias(name)
    parsed = pl.col(text).str.to_date("%Y-%m-%d", strict=False)
    return pl.when(parsed.cast(pl.String) == pl.col(text)).then(parsed).alias(name)


def _error(one: Condition) -> pl.Expr:
    what = pl.struct(pl.lit(one.rule).alias("rule"), pl.lit(one.field).alias("field"), pl.col(one.field).alias("value"))
    return pl.when(pl.sql_expr(_polars_sql(one.sql))).then(what)


def _type(kind: pa.DataType) -> pl.DataType:
    return pl.Series(pa.array([], kind)).dtype


def _polars_sql(sql: str) -> str:
    """Return Spark's SQL in Polars' words."""
    return sql.replace("RLIKE r'", "RLIKE '")


if __name__ == "__main__":
    main(PolarsDay)
