import * as api from "../../api.ts";
import { useDesk, useTimes } from "../../desk.ts";
import { useLoaded } from "../../hooks.ts";
import { momentOf } from "../../time.ts";
import { TOPICS } from "../../topics.ts";
import { Panel } from "../Panel.tsx";
import { ClientSelect, fieldOf } from "./ClientSelect.tsx";
import { useAdding } from "./useAdding.ts";

/** What shall not alert for a while; what is critical comes through all the same. */
export function MutesPanel() {
  const { preferences } = useDesk();
  const times = useTimes();
  const { value, error, reload } = useLoaded("mutes", api.readMutes);
  const adding = useAdding((form) => {
    const until = fieldOf(form, "until");
    return api.addMute({
      client_id: fieldOf(form, "client_id"),
      topic: fieldOf(form, "topic"),
      until: until === null ? null : momentOf(until, preferences.time_zone),
      reason: fieldOf(form, "reason") ?? "",
    });
  }, reload);
  return (
    <section className="card" aria-label="Mutes">
      <h2>Mutes</h2>
      <p className="muted">Muted alerts stay in the history. Critical ones come through.</p>
      <Panel value={value} error={error} onRetry={reload} what="mutes">
        {({ items }) => (
          <ul className="entries">
            {items.length === 0 && <li className="muted">Nothing is muted.</li>}
            {items.map((mute) => (
              <li key={mute.mute_id}>
                <span>
                  <b>{[mute.client_id, mute.topic].filter(Boolean).join(", ")}</b>
                  {mute.until !== null && ` until ${times.exact(mute.until)}`} – {mute.reason}
                </span>
                <button className="button" type="button" onClick={() => void adding.run(() => api.removeMute(mute.mute_id))}>End</button>
              </li>
            ))}
          </ul>
        )}
      </Panel>
      <form className="entry-form" onSubmit={adding.submit}>
        <label>Client <ClientSelect name="client_id" none="any client" /></label>
        <label>
          Topic{" "}
          <select name="topic"><option value="">any topic</option>{TOPICS.map((topic) => <option key={topic}>{topic}</option>)}</select>
        </label>
        <label>Until <input type="datetime-local" name="until" /></label>
        <label>Reason <input name="reason" required maxLength={200} /></label>
        <button className="button" type="submit">Mute</button>
      </form>
      {adding.error !== null && <p className="field-error" role="alert">{adding.error}</p>}
    </section>
  );
}
