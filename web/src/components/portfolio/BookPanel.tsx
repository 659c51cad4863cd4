import * as api from "../../api.ts";
import { useLoaded } from "../../hooks.ts";
import type { CurrencyHealth } from "../../portfolio.ts";
import { Panel } from "../Panel.tsx";
import { Composition } from "./Composition.tsx";
import { Amount, Grade } from "./Figures.tsx";

/** The whole book while no client is opened: the clients of each base currency as one portfolio. */
export function BookPanel() {
  const { value, error, reload } = useLoaded("book health", api.readBookHealth);
  return (
    <Panel value={value} error={error} onRetry={reload} what="figures">
      {({ currencies }) => (
        <div className="health" data-book-health>
          <h2>Select a client, or see the book as a whole</h2>
          {currencies.map((one) => <Currency key={one.base_ccy} of={one} />)}
        </div>
      )}
    </Panel>
  );
}

function Currency({ of }: { readonly of: CurrencyHealth }) {
  const name = `Clients in ${of.base_ccy}`;
  return (
    <section className="health" aria-label={name}>
      <div className="headline">
        <h3>{name} <Grade {...of} withFinal /></h3>
        <p className="worth"><b><Amount text={of.market_value} /></b> {of.base_ccy}</p>
        <p className="muted">{of.clients === 1 ? "1 client" : `${of.clients} clients`} with figures of the newest day</p>
      </div>
      <Composition of={of} />
    </section>
  );
}
