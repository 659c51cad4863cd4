import { type Graded, share, type Share } from "../../portfolio.ts";
import { Grade } from "./Figures.tsx";

interface Props {
  readonly name: string;
  readonly shares: readonly Share[];
  readonly graded: Graded;
}

/** What the whole consists of, as one bar for each part; a short position's bar has another colour. */
export function Bars({ name, shares, graded }: Props) {
  const weights = shares.map(({ weight }) => Math.abs(Number(weight)));
  const largest = Math.max(...weights, 0);
  if (largest === 0) return null;
  return (
    <section aria-label={name}>
      <h3>{name} <Grade {...graded} /></h3>
      <dl className="bars">
        {shares.map((one, index) => (
          <div key={one.name ?? ""}>
            <dt>{one.name ?? "unclassified"}</dt>
            <dd>
              {share(one.weight)}
              <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
                <rect className={one.weight.startsWith("-") ? "bar-short" : "bar-long"} height="4"
                  width={(100 * (weights[index] ?? 0)) / largest} />
              </svg>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
