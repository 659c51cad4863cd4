import * as api from "../../api.ts";
import { useDesk } from "../../desk.ts";
import { useLoaded } from "../../hooks.ts";
import { alertHref, noFilter } from "../../route.ts";
import type { ClientProfile } from "../../workspace.ts";
import { AlertLinks } from "../inbox/Related.tsx";
import { Panel } from "../Panel.tsx";
import { HealthPanel } from "./HealthPanel.tsx";

const ALERTS_SHOWN = 8;

/** One client: who it is, the portfolio, and what the news said. */
export function ClientPage({ clientId }: { readonly clientId: string }) {
  const profile = useLoaded(`client ${clientId}`, () => api.readClient(clientId));
  if (profile.missing) return <p className="empty" role="alert">There is no such client among yours.</p>;
  return (
    <article className="client" data-client={clientId}>
      <Panel value={profile.value} error={profile.error} onRetry={profile.reload} what="profile">
        {(client) => <Profile client={client} />}
      </Panel>
      <HealthPanel clientId={clientId} />
      <ClientAlerts clientId={clientId} />
    </article>
  );
}

function Profile({ client }: { readonly client: ClientProfile }) {
  const names = client.names.map((one) => one.name).filter((name) => name !== client.display);
  const facts = new Map<string, string[]>();
  for (const { kind, value } of client.facts) facts.set(kind, [...(facts.get(kind) ?? []), value]);
  const covering = client.coverage.map((one) => (one.for_rm === null ? one.display : `${one.display} (deputy)`));
  return (
    <header className="profile">
      <h2>{client.display}</h2>
      <p className="muted">
        {client.client_id} · {client.kind}{covering.length > 0 && ` · looked after by ${covering.join(", ")}`}
      </p>
      <dl className="profile-facts">
        {names.length > 0 && <div><dt>also known as</dt><dd>{names.join(", ")}</dd></div>}
        {[...facts].map(([kind, values]) => (
          <div key={kind}><dt>{kind.replaceAll("_", " ")}</dt><dd>{values.join(", ")}</dd></div>
        ))}
      </dl>
    </header>
  );
}

function ClientAlerts({ clientId }: { readonly clientId: string }) {
  const { preferences } = useDesk();
  const { value, error, reload } = useLoaded(`alerts of ${clientId}`, () =>
    api.searchAlerts({ client: clientId }, preferences.time_zone, null, ALERTS_SHOWN),
  );
  return (
    <section aria-label="Alerts of this client">
      <h3>Alerts <a href={alertHref(null, { ...noFilter, client: clientId })}>all</a></h3>
      <Panel value={value} error={error} onRetry={reload} what="alerts">
        {({ items }) => <AlertLinks alerts={items} />}
      </Panel>
    </section>
  );
}
