import * as api from "../../api.ts";
import { useLoaded } from "../../hooks.ts";
import { clientCount, type CurrencyHealth, dayName } from "../../portfolio.ts";
import { Panel } from "../Panel.tsx";
import { ChartPanel } from "./ChartPanel.tsx";
import { Composition } from "./Composition.tsx";
import { Grade } from "./Figures.tsx";
import { Headline, LateNote } from "./Headline.tsx";

/** The whole book: the clients of each base currency as one portfolio, since currencies do not add. */
export function BookPanel() {
  const { value, error, reload } = useLoaded("book health", api.readBookHealth);
  return (
    <Panel value={value} error={error} onRetry={reload} what="figures">
      {({ as_of: day, currencies }) =>
        day === null ? (
          <p className="empty">No figures yet: they come with the first night’s files.</p>
        ) : (
          <div className="health" data-book-health>
            <h2>The book as a whole</h2>
            <LateNote asOf={day} />
            {currencies.map((one) => <Currency key={one.base_ccy} of={one} day={day} />)}
          </div>
        )
      }
    </Panel>
  );
}

function Currency({ of, day }: { readonly of: CurrencyHealth; readonly day: string }) {
  return (
    <section className="health" aria-label={`Clients in ${of.base_ccy}`}>
      <Headline of={of} worth={of.market_value}>
        {clientCount(of.clients)} in {of.base_ccy}, as of <time dateTime={day}>{dayName(day)}</time> <Grade {...of} withFinal />
      </Headline>
      <ChartPanel series={of.series} />
      <Composition of={of} />
    </section>
  );
}
