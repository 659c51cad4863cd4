import { elapsed } from "../../time.ts";
import type { Alert, Times } from "../../types.ts";
import { Moment } from "../Moment.tsx";

const HOPS: readonly (keyof Times)[] = ["published", "received", "resolved", "summarized", "routed", "delivered"];

/** Where the alert has been and when, and which versions decided. */
export function Provenance({ alert }: { readonly alert: Alert }) {
  const { times, versions } = alert;
  const passed = HOPS.flatMap((hop) => (times[hop] === null ? [] : [{ hop, at: times[hop] }]));
  return (
    <details className="provenance">
      <summary>Path and versions</summary>
      <table>
        <tbody>
          {passed.map(({ hop, at }, index) => {
            const before = passed[index - 1];
            return (
              <tr key={hop}>
                <td>{hop}</td>
                <td className="number"><Moment at={at} /></td>
                <td className="number">{before === undefined ? "" : elapsed(before.at, at)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <dl>
        <div><dt>Matched by</dt><dd>{alert.match.method}</dd></div>
        <div><dt>Relation</dt><dd>{alert.relation}</dd></div>
        <div><dt>Registry</dt><dd>{versions.registry}</dd></div>
        <div><dt>Resolver</dt><dd>{versions.resolver}</dd></div>
        {versions.summarizer !== null && <div><dt>Summarizer</dt><dd>{versions.summarizer}</dd></div>}
        <div><dt>Revision</dt><dd>{alert.revision}</dd></div>
        <div><dt>Trace</dt><dd>{alert.trace_id}</dd></div>
      </dl>
    </details>
  );
}
