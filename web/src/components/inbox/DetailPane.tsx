import { useEffect, useRef } from "react";

import * as api from "../../api.ts";
import { useDesk } from "../../desk.ts";
import { useLoaded } from "../../hooks.ts";
import { alertHref, type Filter, go } from "../../route.ts";
import type { Inbox } from "../../store.ts";
import { Keys } from "../Help.tsx";
import { AlertDetail } from "./AlertDetail.tsx";

interface Props {
  readonly inbox: Inbox;
  readonly alertId: string | null;
  readonly filter: Filter;
}

/** The opened alert, kept live, with its history from the server. */
export function DetailPane({ inbox, alertId, filter }: Props) {
  if (alertId === null) return <Hint />;
  return (
    <section className="detail" aria-label="Opened alert" key={alertId}>
      <button className="button button-quiet back" type="button" onClick={() => go(alertHref(null, filter))}>
        ← Alerts
      </button>
      <Opened inbox={inbox} alertId={alertId} />
    </section>
  );
}

function Opened({ inbox, alertId }: { readonly inbox: Inbox; readonly alertId: string }) {
  const { store } = useDesk();
  const live = inbox.feed.alerts.get(alertId);
  const record = useLoaded(`alert ${alertId}`, () => api.readAlert(alertId));
  const { value, reload } = record;
  const changes = inbox.changes.get(alertId) ?? 0;
  const shown = useRef(changes);
  useEffect(() => {
    if (shown.current === changes) return;
    shown.current = changes;
    reload();
  }, [changes, reload]);
  useEffect(() => {
    if (value !== null) store.remember([value]);
  }, [store, value]);

  const alert = live ?? value;
  if (alert === null) {
    if (record.error === null) return <p className="empty" role="status">Reading the alert…</p>;
    return (
      <div className="empty" role="alert">
        <p>{record.missing ? "There is no such alert among your clients’." : record.error}</p>
        {!record.missing && <button className="button" type="button" onClick={record.reload}>Try again</button>}
      </div>
    );
  }
  return (
    <AlertDetail alert={alert} record={value} error={inbox.actionErrors.get(alertId) ?? null} />
  );
}

function Hint() {
  return (
    <section className="detail hint" aria-label="Opened alert">
      <h2>Select an alert to read it</h2>
      <Keys />
    </section>
  );
}
