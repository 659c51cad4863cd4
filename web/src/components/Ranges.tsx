import { dayName, RANGE_NAMES, type Range } from "../portfolio.ts";
import { Change, Grade, Return } from "./Figures.tsx";

interface Props {
  readonly ranges: readonly Range[];
  readonly ccy: string;
}

const PARTS = [
  ["price", "Price"], ["fx", "FX"], ["trading", "Trading"], ["income", "Income"], ["fees", "Fees"],
  ["unexplained", "Unexplained"],
] as const;

/** P&L of each range with the parts that add up to it, its return, and flows, which are no profit. */
export function Ranges({ ranges, ccy }: Props) {
  return (
    <section aria-label="Profit and loss">
      <h3>Profit and loss, {ccy}</h3>
      <div className="scroller" role="region" aria-label="Profit and loss by range" tabIndex={0}>
        <table className="figures">
          <thead>
            <tr>
              <th scope="col">Range</th>
              <th scope="col" className="number">P&amp;L</th>
              <th scope="col" className="number" title="Time-weighted return">Return</th>
              {PARTS.map(([part, name]) => <th key={part} scope="col" className="number">{name}</th>)}
              <th scope="col" className="number">In and out</th>
            </tr>
          </thead>
          <tbody>
            {ranges.map((range) => (
              <tr key={range.name}>
                <th scope="row">
                  {RANGE_NAMES[range.name]}
                  {!range.complete && <span className="muted"> since {dayName(range.first_day)}</span>} <Grade {...range} />
                </th>
                <td className="number"><b><Change text={range.pnl.total} /></b></td>
                <td className="number"><Return text={range.twr} /></td>
                {PARTS.map(([part]) => <td key={part} className="number"><Change text={range.pnl[part]} /></td>)}
                <td className="number"><Change text={range.pnl.net_flows} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
