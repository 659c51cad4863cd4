import type { Quotes } from "../../ticks.ts";
import { Price } from "./Price.tsx";

/** Live prices of a client's largest instruments in one line. */
export function TickStrip({ instruments, quotes }: { readonly instruments: readonly string[]; readonly quotes: Quotes }) {
  const live = instruments.filter((instrument) => quotes.has(instrument));
  return (
    <section className="ticks" aria-label="Live prices">
      {live.length === 0 && <span className="muted">No live prices right now.</span>}
      <ul>
        {live.map((instrument) => (
          <li key={instrument} data-instrument={instrument}><b>{instrument}</b> <Price quote={quotes.get(instrument)} /></li>
        ))}
      </ul>
    </section>
  );
}
