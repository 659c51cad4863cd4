import * as api from "../../api.ts";
import { useLoaded } from "../../hooks.ts";
import { Price } from "./Price.tsx";
import { useQuotes } from "./useQuotes.ts";

/** Live prices of the market list in one line; nothing while there are none. */
export function TickStrip() {
  const { value } = useLoaded("market list", api.readMarketList);
  const listed = value?.items ?? [];
  const quotes = useQuotes(listed.map((one) => one.instrument_id));
  const live = listed.filter((one) => quotes.has(one.instrument_id));
  return (
    <section className="ticks" aria-label="Live prices" tabIndex={live.length > 0 ? 0 : undefined}>
      <ul>
        {live.map(({ instrument_id: instrument, display }) => (
          <li key={instrument} data-instrument={instrument} title={display}>
            <b>{instrument}</b> <Price quote={quotes.get(instrument)} />
          </li>
        ))}
      </ul>
    </section>
  );
}
