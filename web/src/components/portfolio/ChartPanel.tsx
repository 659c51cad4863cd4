import { lazy, Suspense, useId, useMemo, useState } from "react";

import { isMarked, type Measure, MEASURES, plotOf } from "../../chart.ts";
import { useDesk } from "../../desk.ts";
import { useMedia } from "../../hooks.ts";
import { dayName, type SeriesPoint } from "../../portfolio.ts";

// The charting library comes only with the first chart, not with the inbox.
const Chart = lazy(() => import("./Chart.tsx"));

/** The figures over time: value, result of each day, return, drawdown. */
export function ChartPanel({ series }: { readonly series: readonly SeriesPoint[] }) {
  const group = useId();
  const { preferences } = useDesk();
  const dark = useMedia("(prefers-color-scheme: dark)");
  const [measure, setMeasure] = useState<Measure>("value");
  const plot = useMemo(
    () => plotOf(series, measure, preferences.hide_amounts),
    [series, measure, preferences.hide_amounts],
  );
  const first = series[0];
  if (first === undefined || series.length < 2) return null;
  const marked = series.filter(isMarked).length;
  const word = MEASURES.find(([name]) => name === measure)?.[1] ?? "";
  return (
    <section className="chart-panel" aria-label="Figures over time">
      <fieldset className="segments">
        <legend className="visually-hidden">What to draw</legend>
        {MEASURES.map(([name, label]) => (
          <label key={name}>
            <input type="radio" name={group} checked={name === measure} onChange={() => setMeasure(name)} /> {label}
          </label>
        ))}
      </fieldset>
      <Suspense fallback={<div className="chart" role="status"><span className="visually-hidden">Reading the chart…</span></div>}>
        <Chart plot={plot} label={`${word} since ${dayName(first.as_of)}`} theme={`${preferences.theme} ${dark}`} />
      </Suspense>
      <p className="muted">
        Since {dayName(first.as_of)}, {series.length} days{marked > 0 && `, ${marked} with figures to mind (ringed)`}.
      </p>
    </section>
  );
}
