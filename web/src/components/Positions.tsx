import { useState } from "react";

import * as api from "../api.ts";
import { useLoaded } from "../hooks.ts";
import { amount, dayName, type Health, type PositionPage, type Position, quantity, share } from "../portfolio.ts";
import { Change, Grade } from "./Figures.tsx";

interface Props {
  readonly health: Health;
  readonly onExpired: () => void;
}

/** The positions behind the figures, largest first, a page at a time. */
export function Positions({ health, onExpired }: Props) {
  const key = `${health.client_id} ${health.as_of} ${health.revision}`;
  const first = useLoaded(key, () => api.readPositions(health.client_id, health.as_of), onExpired);
  const [more, setMore] = useState<{ key: string; pages: readonly PositionPage[]; error: string | null } | null>(null);
  const later = more?.key === key ? more.pages : [];
  const last = later.at(-1) ?? first.value;
  const load = async (): Promise<void> => {
    try {
      const page = await api.readPositions(health.client_id, health.as_of, last?.next ?? null);
      setMore({ key, pages: [...later, page], error: null });
    } catch (problem) {
      setMore({ key, pages: later, error: problem instanceof Error ? problem.message : String(problem) });
    }
  };
  const error = first.error ?? more?.error ?? null;

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
            </tr>
          </thead>
          <tbody>
            {[first.value, ...later].flatMap((page) => page?.items ?? []).map((position) => (
              <Row key={`${position.account_id} ${position.instrument_id}`} position={position} />
            ))}
          </tbody>
        </table>
      </div>
      {error !== null && <p className="field-error" role="alert">{error}</p>}
      {last?.next != null && (
        <button className="button older" type="button" onClick={() => void load()}>More positions</button>
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

function Row({ position }: { readonly position: Position }) {
  const { price, price_date: priced, quality_days: age } = position;
  return (
    <tr>
      <th scope="row">
        {position.instrument_id} <span className="muted">{position.id_type} · {position.account_id}</span>{" "}
        <Grade quality={position.quality} note={position.quality === "stale" && age !== null ? ` ${age} d` : ""} />
      </th>
      <td className="number">{amount(position.market_value)}</td>
      <td className="number">{share(position.weight)}</td>
      <td className="number"><Change text={position.pnl.total} /></td>
      <td className="number"><Change text={position.pnl.unexplained} /></td>
      <td className="number">{quantity(position.quantity)}</td>
      <td className="number" title={priced === null ? undefined : `Price of ${dayName(priced)}`}>
        {price === null ? "none" : quantity(price)} <span className="muted">{position.price_ccy}</span>
      </td>
    </tr>
  );
}
