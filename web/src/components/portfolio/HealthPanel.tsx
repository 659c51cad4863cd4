import * as api from "../../api.ts";
import { useLoaded } from "../../hooks.ts";
import { dayName, type Health, rate, share } from "../../portfolio.ts";
import { Moment } from "../Moment.tsx";
import { Panel } from "../Panel.tsx";
import { Bars } from "./Bars.tsx";
import { ChartPanel } from "./ChartPanel.tsx";
import { Amount, Change, Grade, Return } from "./Figures.tsx";
import { Positions } from "./Positions.tsx";
import { Ranges } from "./Ranges.tsx";
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
  const { concentrations } = health;
  const instruments = concentrations.instrument.flatMap(({ name }) => (name === null ? [] : [name])).slice(0, WATCHED);
  const quotes = useQuotes(instruments);
  return (
    <div className="health" data-health={health.client_id}>
      <Headline health={health} />
      <ChartPanel health={health} />
      <Ranges ranges={health.ranges} ccy={health.base_ccy} />
      <div className="pairs">
        <Risk health={health} />
        <Movers health={health} />
        <Bars name="By instrument" shares={concentrations.instrument} graded={concentrations} />
        <Bars name="By currency" shares={concentrations.currency} graded={concentrations} />
        <Bars name="By kind" shares={concentrations.id_type} graded={concentrations} />
      </div>
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

function Risk({ health: { drawdown, concentrations } }: { readonly health: Health }) {
  return (
    <section aria-label="Risk">
      <h3>Drawdown and concentration <Grade {...drawdown} /></h3>
      <dl className="facts">
        <div><dt>Below the peak now</dt><dd>{rate(drawdown.current)}</dd></div>
        <div><dt>Worst in a year</dt><dd>{rate(drawdown.worst_1y)}</dd></div>
        <div><dt>Largest position</dt><dd>{share(concentrations.top)}</dd></div>
      </dl>
    </section>
  );
}

function Movers({ health: { movers } }: { readonly health: Health }) {
  const all = [...movers.best, ...movers.worst];
  return (
    <section aria-label="Largest movers">
      <h3>Largest movers of the day <Grade {...movers} /></h3>
      {all.length === 0 && <p className="muted">Nothing moved.</p>}
      <dl className="facts">
        {all.map((mover) => (
          <div key={mover.instrument_id}><dt>{mover.instrument_id}</dt><dd><Change text={mover.pnl_total} /></dd></div>
        ))}
      </dl>
    </section>
  );
}
