import assert from "node:assert/strict";
import { test } from "node:test";

import { plotOf } from "../src/chart.ts";
import type { SeriesPoint } from "../src/portfolio.ts";

const point = (as_of: string, market_value: string, twr: string, fields: Partial<SeriesPoint> = {}): SeriesPoint => ({
  as_of, market_value, pnl_total: "1.00", twr, quality: "ok", status: "final", ...fields,
});
const SERIES = [
  point("2026-11-18", "200.00", "0.10"),
  point("2026-11-19", "220.00", "0.21", { status: "flash" }),
  point("2026-11-20", "210.00", "0.155", { quality: "stale" }),
];
const rounded = (values: readonly number[]): number[] => values.map((value) => Number(value.toFixed(6)));

test("return starts at zero and does not count flows", () => {
  assert.deepEqual(rounded(plotOf(SERIES, "return", false).values), [0, 0.1, 0.05]);
});

test("drawdown is measured from the highest so far", () => {
  assert.deepEqual(rounded(plotOf(SERIES, "drawdown", false).values), [0, 0, -0.045455]);
});

test("days that are not final, or stand on no good price, are marked", () => {
  assert.deepEqual(plotOf(SERIES, "value", false).marked, [1, 2]);
});

test("hidden amounts are drawn as shares of the first value", () => {
  const hidden = plotOf(SERIES, "value", true);
  assert.deepEqual([rounded(hidden.values), hidden.isShare], [[1, 1.1, 1.05], true]);
});
