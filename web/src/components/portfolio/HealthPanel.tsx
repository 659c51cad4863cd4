import * as api from "../../api.ts";
import { useLoaded } from "../../hooks.ts";
import { dayName, type Health } from "../../portfolio.ts";
import { Moment } from "../Moment.tsx";
import { Panel } from "../Panel.tsx";
import { ChartPanel } from "./ChartPanel.tsx";
import { Composition } from "./Composition.tsx";
import { Amount, Change, Grade, Return } from "./Figures.tsx";
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
      <Headline health={health} />
      <LightsPanel lights={health.lights} />
      <ChartPanel health={health} />
      <Composition of={health} />
      <Positions health={health} quotes={quotes} />
    </div>
  );
}

/** The two numbers that everybody asks for first, and how far to trust them. */
function Headline({ health }: { readonly health: Health }) {
  const day = health.ranges.find((range) => range.name === "day");
  return (
    <section className="headline" aria-label="Value and day’s result">
      <p className="worth"><b><Amount text={health.value.market_value} /></b> {health.base_ccy}</p>
      {day !== undefined && (
        <p className="worth-day"><Change text={day.pnl.total} /> <Return text={day.twr} /> <span className="muted">on the day</span></p>
      )}
      <p className="muted">
        As of <time dateTime={health.as_of}>{dayName(health.as_of)}</time> <Grade {...health} withFinal />
        {" "}revision {health.revision}, computed <Moment at={health.computed_at} />
      </p>
    </section>
  );
}
