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
  const { me, preferences } = useDesk();
  const times = useTimes();
  const zone = preferences.time_zone;
  const { value, error, reload } = useLoaded("cover", api.readCover);
  const deputies = useLoaded("deputies", api.readDeputies);
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
                <span>
                  <b>{cover.deputy_display}</b> for {cover.client_id ?? "all clients"}
                  {cover.rm_id !== me.rm_id && ` of ${cover.rm_id}`}, {times.exact(cover.from)} to {times.exact(cover.to)}{" "}
                  {cover.active && <span className="badge badge-updated">Now</span>}
                </span>
                {cover.rm_id === me.rm_id && (
                  <button className="button" type="button" onClick={() => void adding.run(() => api.removeCover(cover.coverage_id))}>End</button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Panel>
      <form className="entry-form" onSubmit={adding.submit}>
        <label>
          Deputy{" "}
          <select name="deputy" required>
            <option value="">choose</option>
            {deputies.value?.items.map((one) => <option key={one.rm_id} value={one.rm_id}>{one.display}</option>)}
          </select>
        </label>
        <label>Client <ClientSelect name="client_id" none="all clients" /></label>
        <label>From <input type="datetime-local" name="from" required defaultValue={localOf(now, zone)} /></label>
        <label>To <input type="datetime-local" name="to" required defaultValue={localOf(now + 7 * DAY_MS, zone)} /></label>
        <button className="button" type="submit">Add deputy</button>
      </form>
      {adding.error !== null && <p className="field-error" role="alert">{adding.error}</p>}
    </section>
  );
}
