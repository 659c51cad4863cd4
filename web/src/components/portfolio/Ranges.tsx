import { dayName, RANGE_NAMES, type Pnl, type Range, shortDay } from "../../portfolio.ts";
import { Change, Flow, Grade, Return } from "./Figures.tsx";

interface Props {
  readonly ranges: readonly Range[];
  readonly ccy: string;
}

const PARTS: readonly (readonly [keyof Pnl, string])[] = [
  ["price", "Price"], ["fx", "FX"], ["trading", "Trading"], ["income", "Income"], ["fees", "Fees"],
  ["unexplained", "Unexplained"], ["total", "P&L"],
];

/** P&L of each range: the parts, their sum, the return, and flows, which are no profit. */
export function Ranges({ ranges, ccy }: Props) {
  return (
    <section aria-label="Profit and loss">
      <h3>Profit and loss, {ccy}</h3>
      <div className="scroller" role="region" aria-label="Profit and loss by range" tabIndex={0}>
        <table className="figures ranges">
          <thead>
            <tr>
              <td />
              {ranges.map((range) => (
                <th key={range.name} scope="col" className="number" title={`Since ${dayName(range.first_day)}`}>
                  {RANGE_NAMES[range.name]}
                  {!range.complete && <span className="muted">since {shortDay(range.first_day)}</span>}
                  <Grade {...range} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {PARTS.map(([part, name]) => (
              <tr key={part} className={part === "total" ? "is-sum" : undefined}>
                <th scope="row">{name}</th>
                {ranges.map((range) => (
                  <td key={range.name} className="number"><Change text={range.pnl[part]} /></td>
                ))}
              </tr>
            ))}
            <tr>
              <th scope="row" title="Time-weighted">Return</th>
              {ranges.map((range) => <td key={range.name} className="number"><Return text={range.twr} /></td>)}
            </tr>
            <tr>
              <th scope="row" title="Transfers in and out: no profit or loss">In and out</th>
              {ranges.map((range) => (
                <td key={range.name} className="number"><Flow text={range.pnl.net_flows} /></td>
              ))}
            </tr>
          </tbody>
        </table>
      </div>
    </section>
  );
}
