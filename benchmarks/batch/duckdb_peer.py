# ruff: noqa: S608 - every name in the SQL is ours
"""One day's work in DuckDB, in its exact decimals: `python -m benchmarks.batch.duckdb_peer REPORT DAY [PREVIOUS]`."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pyarrow as pa

from batch.days import STALE_DAYS
from batch.rules.expressions import conditions, refused, typed_columns
from batch.rules.ruleset import Ruleset, ruleset
from batch.tables import CLIENT_METRICS, POSITION_METRICS, QUARANTINE, TABLES
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

GOLD_SQL = Path(__file__).with_name("duckdb_gold.sql")


class DuckDbDay:
    """Keeps the day's rows in memory between the steps."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._duck = duckdb.connect()
        self._duck.execute("SET TimeZone = 'UTC'; SET preserve_insertion_order = true")

    def silver(self) -> int:
        """Check and store the day's files; return how many rows were refused."""
        self._take("accounts", accounts(self._place.settings))
        for kind in KINDS:
            self._check(ruleset(kind))
            self._store(kind, kind, self._place.settings.silver_bucket)
        self._duck.execute("CREATE TABLE quarantine AS " + " UNION ALL ".join(f"FROM {kind}_bad" for kind in KINDS))
        self._store("quarantine", "quarantine", self._place.settings.silver_bucket)
        return self._count("SELECT DISTINCT kind, line FROM quarantine")

    def gold(self) -> tuple[pa.Table, pa.Table]:
        """Compute and store the day's figures; return those of clients and those of positions."""
        self._load_earlier_days()
        self._duck.execute(GOLD_SQL.read_text())
        tables = []
        for name, columns in (("client_metrics", CLIENT_METRICS), ("position_metrics", POSITION_METRICS)):
            self._duck.execute(f"CREATE TABLE {name} AS SELECT {_cast(columns)} FROM {name}_figures")
            self._store(name, name, self._place.settings.gold_bucket)
            tables.append(self._duck.table(name).to_arrow_table())
        return tables[0], tables[1]

    def _check(self, rules: Ruleset) -> None:
        """Make the tables `{kind}` of good and `{kind}_bad` of refused rows."""
        kind, absent = rules.kind, self._place.absent(rules)
        columns = {name: "VARCHAR" for name in rules.columns if name not in absent}
        values = {name: "NULL::VARCHAR" if name in absent else f"nullif({name}, '')" for name in rules.columns}
        filled = ", ".join(f"{value} AS {name}" for name, value in values.items())
        file = f"read_csv('{self._place.bronze(kind)}', columns={columns}, header=true, auto_detect=false)"
        self._duck.execute(f"CREATE TABLE {kind}_text AS SELECT {filled} FROM {file}")
        refusal = _duck_sql(refused(conditions(rules)))
        self._duck.execute(
            f"CREATE TABLE {kind}_checked AS SELECT *, {refusal} AS _refused FROM ({self._typed(rules)})"
        )
        self._duck.execute(f"CREATE TABLE {kind} AS SELECT {self._good(rules)} FROM {kind}_checked WHERE NOT _refused")
        self._duck.execute(f"CREATE TABLE {kind}_bad AS SELECT {self._bad(rules)}")

    def _good(self, rules: Ruleset) -> str:
        """Return the columns of the silver table."""
        table = next(each for each in TABLES if each.name == rules.table)
        typed = {name: f"_{name}" for name, column in rules.columns.items() if column.type != "string"}
        made = {**typed, **rules.silver, rules.date: "_date", "file_id": self._file(rules)}
        return ", ".join(f"CAST({made.get(name, name)} AS {_type(kind)}) AS {name}" for name, kind in table.columns)

    def _bad(self, rules: Ruleset) -> str:
        """Return the columns of quarantine and where they come from: a row for each rule that a row breaks."""
        wrong = ", ".join(
            f"IF({_duck_sql(each.sql)}, {{rule: '{each.rule}', field: '{each.field}', value: {each.field}}}, NULL)"
            for each in conditions(rules)
        )
        text = ", ".join(f"'{name}', {name}" for name in rules.columns)
        origin = {
            "as_of_date": "_date", "kind": f"'{rules.kind}'", "file_id": self._file(rules), "key": f"'{rules.kind}'",
            "version_id": "'null'", "run_id": f"'{self._place.run_id}'", "detected_at": "now()",
        }  # fmt: skip
        columns = ", ".join(f"CAST({origin.get(name, name)} AS {_type(kind)}) AS {name}" for name, kind in QUARANTINE)
        rows = f"SELECT *, json_object({text}) AS row, unnest([{wrong}], recursive := true) FROM {rules.kind}_checked"
        return f"{columns} FROM ({rows} WHERE _refused) WHERE rule IS NOT NULL"

    def _file(self, rules: Ruleset) -> str:
        return f"'{rules.kind}/{self._place.day}'"

    def _typed(self, rules: Ruleset) -> str:
        """Return the SELECT of the text with what the rules' conditions need beside it."""
        kind, typed = rules.kind, {name: _duck_sql(sql) for name, sql in typed_columns(rules).items()}
        extra, joins = [f"DATE '{self._place.day}' AS _date", "t.rowid + 2 AS line", "NULL AS malformed"], ""
        if rules.key:
            key = ", ".join(rules.key)
            repeated = f"SELECT {key} FROM {kind}_text GROUP BY ALL HAVING count(*) > 1"
            extra.append(f"(({key}) IN ({repeated})) IS TRUE AS _duplicate")
        if "account_id" in rules.columns:
            joins += " LEFT JOIN accounts USING (client_id, account_id)"
            extra.append("_account_ccy")
        if "id_type" in rules.columns:
            distinct = self._duck.execute(f"SELECT DISTINCT id_type, instrument_id FROM {kind}_text").fetchall()
            self._take("identifiers", identifiers(distinct))
            joins += " LEFT JOIN identifiers USING (id_type, instrument_id)"
            extra.append("_identifier_valid")
        columns = ["t.*", *extra, *(f"{sql} AS {name}" for name, sql in typed.items())]
        return f"SELECT {', '.join(columns)} FROM {kind}_text t{joins}"

    def _load_earlier_days(self) -> None:
        """Make `before`, `prices_known`, `rates`, `days` and `clients_before` from what earlier days stored."""
        place, silver = self._place, self._place.settings.silver_bucket
        days = [place.day, *([place.previous] if place.previous else [])]
        self._take("days", pa.table({"day": pa.array(days)}))
        for kind, days_back in (("prices", FACTOR_DAYS), ("fx", STALE_DAYS)):
            files = [f"'{place.fetch(silver, kind, day)}'" for day in place.silver_days(kind, days_back)]
            earlier = f" UNION ALL FROM read_parquet([{', '.join(files)}])" if files else ""
            self._duck.execute(f"CREATE TABLE {kind}_known AS FROM {kind}{earlier}")
            self._audit(kind)
        before, clients = "positions LIMIT 0", f"(SELECT {_cast(CLIENT_METRICS, 'NULL')}) LIMIT 0"
        if place.previous:
            before = f"'{place.fetch(silver, 'positions', place.previous)}'"
            clients = f"'{place.fetch(place.settings.gold_bucket, 'client_metrics', place.previous)}'"
        self._duck.execute(f"CREATE TABLE before AS FROM {before}; CREATE TABLE clients_before AS FROM {clients}")
        audit_length(ruleset("positions"), self._count("FROM positions"), self._count("FROM before"))
        bases = [base for (base,) in self._duck.execute("SELECT DISTINCT base_ccy FROM positions").fetchall()]
        self._take("rates", crosses(self._duck.table("fx_known").to_arrow_table(), days, bases))
        self._take("run", pa.table({"run_id": [place.run_id], "computed_at": [place.now], "day": [place.day]}))

    def _store(self, table: str, kind: str, bucket: str) -> None:
        self._duck.execute(f"COPY {table} TO '{self._place.new_file(kind)}' (FORMAT parquet, COMPRESSION zstd)")
        self._place.upload(bucket, kind)

    def _take(self, name: str, rows: pa.Table) -> None:
        self._duck.register("arriving", rows)
        self._duck.execute(f"CREATE OR REPLACE TABLE {name} AS FROM arriving")
        self._duck.unregister("arriving")

    def _count(self, query: str) -> int:
        # All of it: a result that is not read to its end blocks the connection.
        return int(self._duck.execute(f"SELECT count(*) FROM ({query})").fetchall()[0][0])

    def _audit(self, kind: str) -> None:
        """Compare the day's values with the last ones before."""
        rule, day = jump_rule(kind), self._place.day
        series = (
            f"FROM (SELECT *, lag({rule.value}) OVER (PARTITION BY {', '.join(rule.per)} ORDER BY as_of_date) AS last"
        )
        compared = f"{series} FROM {kind}_known) WHERE as_of_date = DATE '{day}' AND last > 0"
        jump = f"{rule.value} > last * {rule.factor} OR {rule.value} * {rule.factor} < last"
        audit_jumps(rule, self._count(compared), self._count(f"{compared} AND ({jump})"))


def _cast(columns: list[tuple[str, pa.DataType]], value: str | None = None) -> str:
    return ", ".join(f"CAST({value or name} AS {_type(kind)}) AS {name}" for name, kind in columns)


def _type(kind: pa.DataType) -> str:
    if pa.types.is_decimal(kind):
        return f"DECIMAL({kind.precision},{kind.scale})"
    plain = {pa.string(): "VARCHAR", pa.date32(): "DATE", pa.int64(): "BIGINT", pa.int32(): "INTEGER"}
    return plain.get(kind) or ("DOUBLE" if pa.types.is_floating(kind) else "TIMESTAMPTZ")


def _duck_sql(sql: str) -> str:
    """Return Spark's SQL in DuckDB's words."""
    return re.sub(r"(\w+) RLIKE r('[^']*')", r"regexp_matches(\1, \2)", sql)


if __name__ == "__main__":
    main(DuckDbDay)
