import { useDesk, useTimes } from "../../desk.ts";
import type { Alert } from "../../types.ts";
import { Moment } from "../Moment.tsx";

interface Props {
  readonly alert: Alert;
  readonly error: string | null;
}

/** The button that acknowledges an alert; then by whom and when. */
export function Acknowledge({ alert, error }: Props) {
  const { store } = useDesk();
  const times = useTimes();
  if (alert.state === "acknowledged") {
    const when = alert.acknowledged_at === null ? "" : times.exact(alert.acknowledged_at);
    return (
      <span className="acknowledged" title={`Acknowledged by ${alert.acknowledged_by ?? "unknown"} ${when}`}>
        <span aria-hidden="true">✓</span> Acknowledged
      </span>
    );
  }
  return (
    <span className="acknowledge">
      {error !== null && <span className="field-error" role="alert">{error}</span>}
      {alert.state === "new" && (
        <button className="button" type="button" onClick={() => void store.acknowledge(alert.alert_id)}>
          Acknowledge
        </button>
      )}
    </span>
  );
}

/** Everything that can be done about an opened alert, and what keeps it out of the inbox. */
export function Actions({ alert, error }: Props) {
  const { store, ask } = useDesk();
  const { alert_id: alertId, state } = alert;
  const snoozed = alert.snoozed_until ?? null;
  return (
    <div className="actions" role="group" aria-label="Actions">
      <Acknowledge alert={alert} error={error} />
      {snoozed === null ? (
        <button className="button" type="button" onClick={() => ask({ kind: "snooze", alertId })}>Snooze</button>
      ) : (
        <button className="button" type="button" onClick={() => void store.wake(alertId)}>End snooze</button>
      )}
      {state === "dismissed" ? (
        <button className="button" type="button" onClick={() => void store.restore(alertId)}>Restore</button>
      ) : (
        <button className="button" type="button" onClick={() => ask({ kind: "dismiss", alertId })}>Dismiss</button>
      )}
      {state !== "escalated" && (
        <button className="button" type="button" onClick={() => ask({ kind: "escalate", alertId })}>Escalate</button>
      )}
      <button className="button" type="button" onClick={() => ask({ kind: "feedback", alertId })}>Feedback</button>
      {snoozed !== null && <p className="muted">Out of the inbox until <Moment at={snoozed} /></p>}
    </div>
  );
}
