import { exactTime } from "../time.ts";
import type { Alert } from "../types.ts";

interface Props {
  readonly alert: Alert;
  readonly error: string | null;
  readonly onAcknowledge: (id: string) => Promise<void>;
}

/** The button that acknowledges an alert; then by whom and when. */
export function Acknowledge({ alert, error, onAcknowledge }: Props) {
  if (alert.state === "acknowledged") {
    const when = alert.acknowledged_at === null ? "" : exactTime(alert.acknowledged_at);
    return (
      <span className="acknowledged" title={`Acknowledged by ${alert.acknowledged_by ?? "unknown"} ${when}`}>
        <span aria-hidden="true">✓</span> Acknowledged
      </span>
    );
  }
  return (
    <span className="acknowledge">
      {error !== null && <span className="field-error" role="alert">{error}</span>}
      <button className="button" type="button" onClick={() => void onAcknowledge(alert.alert_id)}>
        Acknowledge
      </button>
    </span>
  );
}
