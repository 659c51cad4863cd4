import * as api from "../../api.ts";
import { useDesk, useTimes } from "../../desk.ts";
import { useLoaded } from "../../hooks.ts";
import { localOf, momentOf } from "../../time.ts";
import { Panel } from "../Panel.tsx";
import { ClientSelect, fieldOf } from "./ClientSelect.tsx";
import { useAdding } from "./useAdding.ts";

const DAY_MS = 86_400_000;

/** Who looks after the reader's clients while the reader is away. */
export function CoverPanel() {
  const { preferences } = useDesk();
  const times = useTimes();
  const zone = preferences.time_zone;
  const { value, error, reload } = useLoaded("cover", api.readCover);
  const adding = useAdding(
    (form) => api.addCover({
      client_id: fieldOf(form, "client_id"),
      deputy: fieldOf(form, "deputy") ?? "",
      from: momentOf(fieldOf(form, "from") ?? "", zone),
      to: momentOf(fieldOf(form, "to") ?? "", zone),
    }),
    reload,
  );
  const now = Date.now();
  return (
    <section className="card" aria-label="Cover">
      <h2>Cover</h2>
      <p className="muted">A deputy sees the alerts and portfolios of these clients for the time, and may act on them.</p>
      <Panel value={value} error={error} onRetry={reload} what="cover">
        {({ items }) => (
          <ul className="entries">
            {items.length === 0 && <li className="muted">Nobody stands in.</li>}
            {items.map((cover) => (
              <li key={cover.coverage_id}>
                <span><b>{cover.deputy}</b> for {cover.client_id ?? "all clients"}, {times.exact(cover.from)} to {times.exact(cover.to)}</span>
                <button className="button" type="button" onClick={() => void adding.run(() => api.removeCover(cover.coverage_id))}>End</button>
              </li>
            ))}
          </ul>
        )}
      </Panel>
      <form className="entry-form" onSubmit={adding.submit}>
        <label>Deputy <input name="deputy" required autoCapitalize="none" spellCheck={false} placeholder="user" /></label>
        <label>Client <ClientSelect name="client_id" none="all clients" /></label>
        <label>From <input type="datetime-local" name="from" required defaultValue={localOf(now, zone)} /></label>
        <label>To <input type="datetime-local" name="to" required defaultValue={localOf(now + 7 * DAY_MS, zone)} /></label>
        <button className="button" type="submit">Add deputy</button>
      </form>
      {adding.error !== null && <p className="field-error" role="alert">{adding.error}</p>}
    </section>
  );
}
