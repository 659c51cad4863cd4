import * as api from "../../api.ts";
import { useLoaded, useNow } from "../../hooks.ts";
import { alertHref, noFilter } from "../../route.ts";
import { age } from "../../time.ts";
import type { Alert } from "../../types.ts";
import { Panel } from "../Panel.tsx";
import { SeverityMark } from "./Badges.tsx";

const SHOWN = 5;

/** The newest other alerts about the same client. */
export function Related({ alert }: { readonly alert: Alert }) {
  const client = alert.client.id;
  const { value, error, reload } = useLoaded(`related ${client}`, () =>
    api.searchAlerts({ client }, null, null, SHOWN + 1),
  );
  return (
    <section aria-label="Other news of this client">
      <h3>
        Other news of this client{" "}
        <a href={alertHref(alert.alert_id, { ...noFilter, client })}>all</a>
      </h3>
      <Panel value={value} error={error} onRetry={reload} what="other news">
        {({ items }) => (
          <AlertLinks alerts={items.filter((one) => one.alert_id !== alert.alert_id).slice(0, SHOWN)} />
        )}
      </Panel>
    </section>
  );
}

/** Alerts as one line each. */
export function AlertLinks({ alerts }: { readonly alerts: readonly Alert[] }) {
  const now = useNow(60_000);
  if (alerts.length === 0) return <p className="muted">None.</p>;
  return (
    <ul className="alert-links">
      {alerts.map((one) => {
        const at = one.times.received ?? one.times.published;
        return (
          <li key={one.alert_id}>
            <SeverityMark severity={one.severity} />
            <a href={alertHref(one.alert_id)}>{one.headline}</a>
            {at !== null && <time className="muted" dateTime={at}>{age(Date.parse(at), now)}</time>}
          </li>
        );
      })}
    </ul>
  );
}
