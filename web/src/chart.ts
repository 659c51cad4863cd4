// Series of a portfolio for drawing. Here alone figures become binary numbers: a pixel is coarser than any rounding.

import type { SeriesPoint } from "./portfolio.ts";

export type Measure = "value" | "pnl" | "return" | "drawdown";

export const MEASURES: readonly (readonly [measure: Measure, word: string])[] = [
  ["value", "Value"], ["pnl", "Daily P&L"], ["return", "Return"], ["drawdown", "Drawdown"],
];

/** What to draw: one number for each day. */
export interface Plot {
  /** Seconds since 1970 of each day's midnight UTC, oldest first. */
  readonly days: number[];
  readonly values: number[];
  /** Places of days whose figures are provisional or stand on anything but a good price. */
  readonly marked: number[];
  /** Whether the values are shares of one rather than money. */
  readonly isShare: boolean;
  readonly asBars: boolean;
}

/** Whether a day's figures are to be marked. */
export const isMarked = (point: SeriesPoint): boolean => point.quality !== "ok" || point.status !== "final";

/** The plot of one measure; money as shares of the first day's value when amounts are hidden. */
export function plotOf(series: readonly SeriesPoint[], measure: Measure, hideAmounts: boolean): Plot {
  const first = Number(series[0]?.market_value ?? 0) || 1;
  const money = (text: string): number => (hideAmounts ? Number(text) / first : Number(text));
  const values: Record<Measure, () => number[]> = {
    value: () => series.map((point) => money(point.market_value)),
    pnl: () => series.map((point) => money(point.pnl_total)),
    return: () => returns(series),
    drawdown: () => drawdowns(series),
  };
  return {
    days: series.map((point) => Date.parse(`${point.as_of}T00:00:00Z`) / 1000),
    values: values[measure](),
    marked: series.flatMap((point, index) => (isMarked(point) ? [index] : [])),
    isShare: hideAmounts || measure === "return" || measure === "drawdown",
    asBars: measure === "pnl",
  };
}

/** Return since the first day, from the time-weighted index, so that flows do not count. */
function returns(series: readonly SeriesPoint[]): number[] {
  const start = 1 + Number(series[0]?.twr ?? 0);
  return series.map((point) => (1 + Number(point.twr)) / start - 1);
}

/** How far the time-weighted index is below its highest since the first day. */
function drawdowns(series: readonly SeriesPoint[]): number[] {
  let peak = 0;
  return series.map((point) => {
    const index = 1 + Number(point.twr);
    peak = Math.max(peak, index);
    return index / peak - 1;
  });
}
