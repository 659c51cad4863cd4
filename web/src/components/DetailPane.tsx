import { useEffect, useState } from "react";

import * as api from "../api.ts";
import { select } from "../hooks.ts";
import type { Inbox, InboxStore } from "../store.ts";
import type { Alert } from "../types.ts";
import { AlertDetail } from "./AlertDetail.tsx";

interface Props {
  readonly inbox: Inbox;
  readonly selectedId: string | null;
  readonly store: InboxStore;
}

/** The opened alert: the live one of the list, or one that only the address knows, read from the server. */
export function DetailPane({ inbox, selectedId, store }: Props) {
  const listed = selectedId === null ? undefined : inbox.feed.alerts.get(selectedId);
  const missing = selectedId !== null && listed === undefined && inbox.feed.lastSeq !== null;
  const [read, setRead] = useState<{ id: string; alert: Alert | null } | null>(null);

  useEffect(() => {
    if (!missing || selectedId === null) return;
    let wanted = true;
    api.readAlert(selectedId).then(
      (alert) => wanted && setRead({ id: selectedId, alert }),
      () => wanted && setRead({ id: selectedId, alert: null }),
    );
    return () => {
      wanted = false;
    };
  }, [missing, selectedId]);

  if (selectedId === null) return <Hint />;
  const alert = listed ?? (read?.id === selectedId ? read.alert : undefined);
  return (
    <section className="detail" aria-label="Opened alert" key={selectedId}>
      <button className="button button-quiet back" type="button" onClick={() => select(null)}>← Alerts</button>
      {alert === undefined && <p className="empty" role="status">Reading the alert…</p>}
      {alert === null && <p className="empty" role="alert">There is no such alert among your clients’.</p>}
      {alert && (
        <AlertDetail
          alert={alert}
          ackError={inbox.ackErrors.get(alert.alert_id) ?? null}
          onAcknowledge={store.acknowledge}
        />
      )}
    </section>
  );
}

function Hint() {
  return (
    <section className="detail hint" aria-label="Opened alert">
      <h2>Select an alert to read it</h2>
      <dl>
        <div><dt><kbd>j</kbd> <kbd>k</kbd></dt><dd>next, previous</dd></div>
        <div><dt><kbd>a</kbd></dt><dd>acknowledge</dd></div>
        <div><dt><kbd>Esc</kbd></dt><dd>close</dd></div>
      </dl>
    </section>
  );
}
