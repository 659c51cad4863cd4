import * as api from "../../api.ts";
import { useLoaded } from "../../hooks.ts";
import { dayName, type Health } from "../../portfolio.ts";
import { Moment } from "../Moment.tsx";
import { Panel } from "../Panel.tsx";
import { ChartPanel } from "./ChartPanel.tsx";
import { Composition } from "./Composition.tsx";
import { Grade } from "./Figures.tsx";
import { Headline, LateNote } from "./Headline.tsx";
import { LightsPanel } from "./Lights.tsx";
import { Positions } from "./Positions.tsx";
import { useQuotes } from "./useQuotes.ts";

const WATCHED = 10;

/** A client's portfolio, most wanted first: value, P&L by range and part, risk, what moved, what it consists of. */
export function HealthPanel({ clientId }: { readonly clientId: string }) {
  const { value, error, missing, reload } = useLoaded(`health ${clientId}`, () => api.readHealth(clientId));
  if (missing) return <p className="note">No figures yet: they come with the first night’s files.</p>;
  return (
    <Panel value={value} error={error} onRetry={reload} what="figures">
      {(health) => <Portfolio health={health} />}
    </Panel>
  );
}

function Portfolio({ health }: { readonly health: Health }) {
  const instruments = health.concentrations.instrument.flatMap(({ name }) => (name === null ? [] : [name])).slice(0, WATCHED);
  const quotes = useQuotes(instruments);
  return (
    <div className="health" data-health={health.client_id}>
      <LateNote asOf={health.as_of} />
      <Headline of={health} worth={health.value.market_value}>
        As of <time dateTime={health.as_of}>{dayName(health.as_of)}</time> <Grade {...health} withFinal />
        {" "}revision {health.revision}, computed <Moment at={health.computed_at} />
      </Headline>
      <LightsPanel lights={health.lights} />
      <ChartPanel series={health.series} />
      <Composition of={health} />
      <Positions health={health} quotes={quotes} />
    </div>
  );
}
