import * as api from "../../api.ts";
import { usePages } from "../../pages.ts";
import { dayName, type Health, type Position, quantity, share } from "../../portfolio.ts";
import type { Quotes } from "../../ticks.ts";
import { Amount, Change, Grade, Units } from "./Figures.tsx";
import { Price } from "./Price.tsx";

interface Props {
  readonly health: Health;
  readonly quotes: Quotes;
}

/** The positions behind the figures, largest first, a page at a time. */
export function Positions({ health, quotes }: Props) {
  const { client_id: clientId, as_of: day } = health;
  const key = `positions ${clientId} ${day} ${health.revision}`;
  const { items, hasMore, loading, error, more } = usePages(key, (cursor) => api.readPositions(clientId, day, cursor));

  return (
    <section aria-label="Positions">
      <h3>Positions <span className="muted">{counted(health)}</span></h3>
      <div className="scroller" role="region" aria-label="Positions" tabIndex={0}>
        <table className="figures">
          <thead>
            <tr>
              <th scope="col">Instrument</th>
              <th scope="col" className="number">Value, {health.base_ccy}</th>
              <th scope="col" className="number">Weight</th>
              <th scope="col" className="number">Day P&amp;L</th>
              <th scope="col" className="number">Unexplained</th>
              <th scope="col" className="number">Quantity</th>
              <th scope="col" className="number">Price</th>
              <th scope="col" className="number">Live</th>
            </tr>
          </thead>
          <tbody>
            {items?.map((position) => (
              <Row key={`${position.account_id} ${position.instrument_id}`} position={position} quotes={quotes} />
            ))}
          </tbody>
        </table>
      </div>
      {error !== null && <p className="field-error" role="alert">{error}</p>}
      {items === null && loading && <p className="muted" role="status">Reading the positions…</p>}
      {hasMore && (
        <button className="button older" type="button" disabled={loading} onClick={more}>More positions</button>
      )}
    </section>
  );
}

/** How many there are, and how many of them are to mind: `31, of which 1 stale, 2 estimated`. */
function counted({ value }: Health): string {
  const minded = Object.entries(value.quality_counts).filter(([quality, count]) => quality !== "ok" && count > 0);
  const listed = minded.map(([quality, count]) => `${count} ${quality}`).join(", ");
  return listed === "" ? `${value.positions}` : `${value.positions}, of which ${listed}`;
}

function Row({ position, quotes }: { readonly position: Position; readonly quotes: Quotes }) {
  const { price, price_date: priced, quality_days: age } = position;
  return (
    <tr>
      <th scope="row">
        {position.instrument_id} <span className="muted">{position.id_type} · {position.account_id}</span>{" "}
        <Grade quality={position.quality} note={position.quality === "stale" && age !== null ? ` ${age} d` : ""} />
      </th>
      <td className="number"><Amount text={position.market_value} /></td>
      <td className="number">{share(position.weight)}</td>
      <td className="number"><Change text={position.pnl.total} /></td>
      <td className="number"><Change text={position.pnl.unexplained} /></td>
      <td className="number"><Units text={position.quantity} /></td>
      <td className="number">
        {price === null ? "none" : quantity(price)} <span className="muted">{position.price_ccy}</span>
        {priced !== null && <time className="muted price-date" dateTime={priced}>{dayName(priced)}</time>}
      </td>
      <td className="number"><Price quote={quotes.get(position.instrument_id)} /></td>
    </tr>
  );
}
