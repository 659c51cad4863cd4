import type { ReactNode } from "react";

import { useNow } from "../../hooks.ts";
import { dayName, expectedDay, type Holdings } from "../../portfolio.ts";
import { Amount, Change, Return } from "./Figures.tsx";

interface Props {
  readonly of: Holdings;
  readonly worth: string;
  /** How far to trust them. */
  readonly children: ReactNode;
}

/** The two numbers that everybody asks for first: value and day's result. */
export function Headline({ of, worth, children }: Props) {
  const day = of.ranges.find((range) => range.name === "day");
  return (
    <section className="headline" aria-label="Value and day’s result">
      <p className="worth"><b><Amount text={worth} /></b> {of.base_ccy}</p>
      {day !== undefined && (
        <p className="worth-day"><Change text={day.pnl.total} /> <Return text={day.twr} /> <span className="muted">on the day</span></p>
      )}
      <p className="muted">{children}</p>
    </section>
  );
}

/** That figures of a later day should be there by now; nothing while they need not. */
export function LateNote({ asOf }: { readonly asOf: string }) {
  const expected = expectedDay(new Date(useNow(60_000)));
  if (asOf >= expected) return null;
  return (
    <p className="note" role="status">Those of {dayName(expected)} have not come: these are the newest figures.</p>
  );
}
