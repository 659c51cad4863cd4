import { useDesk, useMayAct, useTimes } from "../../desk.ts";
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
  const mayAct = useMayAct();
  if (alert.state === "acknowledged") {
    const when = alert.acknowledged_at === null ? "" : times.exact(alert.acknowledged_at);
    return (
      <span className="acknowledged" title={`Acknowledged by ${alert.acknowledged_by ?? "unknown"} ${when}`}>
        <span aria-hidden="true">✓</span> Acknowledged
      </span>
    );
  }
  if (!mayAct || (alert.state === "dismissed" && error === null)) return null;
  return (
    <span className="acknowledge">
      {error !== null && <span className="field-error" role="alert">{error}</span>}
      {alert.state !== "dismissed" && (
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
  const mayAct = useMayAct();
  const { alert_id: alertId, state } = alert;
  if (!mayAct) return null;
  const button = (word: string, onClick: () => void) => (
    <button className="button" type="button" onClick={onClick}>{word}</button>
  );
  return (
    <div className="actions" role="group" aria-label="Actions">
      <Acknowledge alert={alert} error={error} />
      {state === "snoozed" && button("End snooze", () => void store.wake(alertId))}
      {state === "dismissed" && button("Restore", () => void store.restore(alertId))}
      {state !== "snoozed" && state !== "dismissed" && button("Snooze", () => ask({ kind: "snooze", alertId }))}
      {state !== "dismissed" && button("Dismiss", () => ask({ kind: "dismiss", alertId }))}
      {state !== "dismissed" && state !== "escalated" && button("Escalate", () => ask({ kind: "escalate", alertId }))}
      {button("Feedback", () => ask({ kind: "feedback", alertId }))}
      {alert.snoozed_until !== null && <p className="muted">Out of the inbox until <Moment at={alert.snoozed_until} /></p>}
    </div>
  );
}
