import { useTimes } from "../../desk.ts";
import { quantity } from "../../portfolio.ts";
import type { Quote } from "../../ticks.ts";

/** A live price: flashes for a moment when it changes, in the direction that it moved. */
export function Price({ quote }: { readonly quote: Quote | undefined }) {
  const times = useTimes();
  if (quote === undefined) return <span className="muted">–</span>;
  const { tick, moved } = quote;
  return (
    // A new key for each tick starts the flash again.
    <span key={tick.seq} className={`tick tick-${moved}`} title={times.exact(tick.ts)}>
      {quantity(tick.price)} <span className="muted">{tick.ccy}</span>
    </span>
  );
}
