import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

import type { Plot } from "../../chart.ts";

interface Props {
  readonly plot: Plot;
  readonly label: string;
  /** Another theme or system scheme means other colours, which the canvas has to be drawn with anew. */
  readonly theme: string;
}

const HEIGHT_PX = 190;
const AXIS_PX = 84;
const DAY_S = 86_400;
// How far apart the days that are written under the chart may be.
const DAY_STEPS_S = [1, 2, 7, 14, 28, 91, 182, 364].map((days) => days * DAY_S);

/** A line or bars over days, drawn by uPlot; what it shows stands in the tables as well. */
export default function Chart({ plot, label, theme }: Props) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const width = (): number => Math.max(240, element.clientWidth);
    const chart = new uPlot(optionsOf(plot, width(), coloursOf(element)), [plot.days, plot.values], element);
    const resized = new ResizeObserver(() => chart.setSize({ width: width(), height: HEIGHT_PX }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      chart.destroy();
    };
  }, [plot, theme]);
  return <div ref={box} className="chart" role="img" aria-label={label} />;
}

type Colours = Readonly<Record<"accent" | "ink" | "line" | "soft" | "mark" | "gain" | "loss", string>>;

/** The page's colours as a canvas understands them: what the variables come to here and now. */
function coloursOf(element: HTMLElement): Colours {
  const probe = element.appendChild(document.createElement("span"));
  const colour = (name: string): string => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const colours = {
    accent: colour("--accent"), ink: colour("--ink-2"), line: colour("--line"), soft: colour("--selected"),
    mark: colour("--important"), gain: colour("--good"), loss: colour("--critical"),
  };
  probe.remove();
  return colours;
}

function optionsOf(plot: Plot, width: number, colours: Colours): uPlot.Options {
  const format = new Intl.NumberFormat(undefined, plot.isShare
    ? { style: "percent", maximumFractionDigits: 2 }
    : { notation: "compact", maximumFractionDigits: 2 });
  const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", timeZone: "UTC" });
  const axis = { stroke: colours.ink, grid: { stroke: colours.line, width: 1 }, ticks: { show: false } };
  return {
    width,
    height: HEIGHT_PX,
    // Days have no zone: drawn in UTC they fall on the day that they name.
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "UTC"),
    legend: { show: true },
    scales: { x: { time: true } },
    axes: [
      { ...axis, incrs: DAY_STEPS_S, values: (_chart, splits) => splits.map((seconds) => day.format(seconds * 1000)) },
      { ...axis, size: AXIS_PX, values: (_chart, splits) => splits.map((value) => format.format(value)) },
    ],
    series: [
      { label: "Day", value: "{YYYY}-{MM}-{DD}" },
      {
        label: "",
        value: (_chart, value) => (value === null ? "–" : format.format(value)),
        stroke: colours.accent,
        width: 1.5,
        ...(plot.asBars ? bars(plot, colours) : { fill: colours.soft }),
        points: { show: true, filter: () => plot.marked, size: 7, width: 1.5, stroke: colours.mark, fill: "transparent" },
      },
    ],
  };
}

/** One bar for each day: gains and losses each in their colour, on both sides of zero. */
function bars(plot: Plot, colours: Colours): Partial<uPlot.Series> {
  const paint = plot.values.map((value) => (value < 0 ? colours.loss : colours.gain));
  const display = { unit: 3, values: () => paint } as const;
  const paths = uPlot.paths.bars?.({
    size: [0.6, 24],
    disp: { fill: display, stroke: display } as unknown as uPlot.Series.BarsPathBuilderOpts["disp"] & object,
  });
  return { ...(paths === undefined ? {} : { paths }), fillTo: 0 };
}
