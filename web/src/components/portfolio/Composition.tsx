import { type Holdings, rate, share } from "../../portfolio.ts";
import { Bars } from "./Bars.tsx";
import { Change, Grade } from "./Figures.tsx";
import { Ranges } from "./Ranges.tsx";

interface Props {
  readonly of: Holdings;
}

/** P&L by range and part, risk, what moved, and what the whole consists of: of one client, or of a book's currency. */
export function Composition({ of }: Props) {
  const { concentrations } = of;
  return (
    <>
      <Ranges ranges={of.ranges} ccy={of.base_ccy} />
      <div className="pairs">
        <Risk of={of} />
        <Movers of={of} />
        <Bars name="By instrument" shares={concentrations.instrument} graded={concentrations} />
        <Bars name="By currency" shares={concentrations.currency} graded={concentrations} />
        <Bars name="By class" shares={concentrations.asset_class} graded={concentrations} />
        <Bars name="By issuer" shares={concentrations.issuer} graded={concentrations} />
        <Bars name="By country" shares={concentrations.country} graded={concentrations} />
      </div>
    </>
  );
}

function Risk({ of: { drawdown, concentrations } }: Props) {
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

function Movers({ of: { movers } }: Props) {
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
