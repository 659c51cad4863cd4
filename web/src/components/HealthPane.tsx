import * as api from "../api.ts";
import { useLoaded } from "../hooks.ts";
import { amount, dayName, type Health, linePoints, rate, share, type Share } from "../portfolio.ts";
import { exactTime } from "../time.ts";
import { Change, Grade } from "./Figures.tsx";
import { Positions } from "./Positions.tsx";
import { Ranges } from "./Ranges.tsx";

interface Props {
  readonly clientId: string;
  readonly onExpired: () => void;
}

/** A client's portfolio, most wanted first: value, P&L by range and part, drawdown, what moved, what it consists of. */
export function HealthPane({ clientId, onExpired }: Props) {
  const { value: health, error, reload } = useLoaded(clientId, () => api.readHealth(clientId), onExpired);
  return (
    <>
      {error !== null && (
        <div className="empty" role="alert">
          <p>{error}</p>
          <button className="button" type="button" onClick={reload}>Try again</button>
        </div>
      )}
      {health === null && error === null && <p className="empty" role="status">Reading the figures…</p>}
      {health !== null && <Figures health={health} onExpired={onExpired} />}
    </>
  );
}

function Figures({ health, onExpired }: { readonly health: Health; readonly onExpired: () => void }) {
  const { value, drawdown, concentrations, movers } = health;
  return (
    <article className="health" data-health={health.client_id}>
      <header className="detail-head">
        <p className="row-head"><span>{dayName(health.as_of)}</span> <Grade {...health} /></p>
        <h2>{health.display}</h2>
        <p className="worth"><b>{amount(value.market_value)}</b> {health.base_ccy}</p>
        <Sparkline health={health} />
        <p className="muted">
          Revision {health.revision}, computed <time dateTime={health.computed_at}>{exactTime(health.computed_at)}</time>
        </p>
      </header>

      <Ranges ranges={health.ranges} ccy={health.base_ccy} />

      <div className="pairs">
        <section aria-label="Risk">
          <h3>Drawdown and concentration <Grade {...drawdown} /></h3>
          <dl className="facts">
            <div><dt>Now</dt><dd>{rate(drawdown.current)}</dd></div>
            <div><dt>Worst in a year</dt><dd>{rate(drawdown.worst_1y)}</dd></div>
            <div><dt>Largest position</dt><dd>{share(concentrations.top)}</dd></div>
          </dl>
        </section>
        <section aria-label="Largest movers">
          <h3>Largest movers of the day</h3>
          <dl className="facts">
            {[...movers.best, ...movers.worst].map((mover) => (
              <div key={mover.instrument_id}><dt>{mover.instrument_id}</dt><dd><Change text={mover.pnl_total} /></dd></div>
            ))}
          </dl>
        </section>
        <Shares name="By instrument" shares={concentrations.instrument} />
        <Shares name="By currency" shares={concentrations.currency} />
      </div>

      <Positions health={health} onExpired={onExpired} />
    </article>
  );
}

function Shares({ name, shares }: { readonly name: string; readonly shares: readonly Share[] }) {
  return (
    <section aria-label={name}>
      <h3>{name}</h3>
      <dl className="facts">
        {shares.map((one) => (
          <div key={one.name}><dt>{one.name ?? "unknown"}</dt><dd>{share(one.weight)}</dd></div>
        ))}
      </dl>
    </section>
  );
}

function Sparkline({ health }: { readonly health: Health }) {
  const { series } = health;
  const first = series[0];
  if (first === undefined || series.length < 2) return null;
  const values = series.map((point) => point.market_value);
  const marked = series.filter((point) => point.quality !== "ok" || point.status === "flash").length;
  const label = `Value since ${dayName(first.as_of)}: from ${amount(first.market_value)} to ${amount(health.value.market_value)} ${health.base_ccy}`;
  return (
    <figure className="sparkline">
      <svg viewBox="0 -2 300 44" preserveAspectRatio="none" role="img" aria-label={label}>
        <polyline points={linePoints(values, 300, 40)} />
      </svg>
      <figcaption className="muted">
        Value since {dayName(first.as_of)}{marked > 0 && `, ${marked} of ${series.length} days with marked figures`}
      </figcaption>
    </figure>
  );
}
