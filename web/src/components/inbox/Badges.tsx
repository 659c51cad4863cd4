import { useTimes } from "../../desk.ts";
import type { Alert, Severity } from "../../types.ts";

const SEVERITY_WORDS: Record<Severity, string> = { info: "Info", important: "Important", critical: "Critical" };

/** How grave, by word and shape as well as colour. */
export function SeverityMark({ severity }: { readonly severity: Severity }) {
  return <span className={`severity severity-${severity}`}>{SEVERITY_WORDS[severity]}</span>;
}

/** What changed since the alert was first shown, what was done about it, and how many sources stand behind it. */
export function Badges({ alert }: { readonly alert: Alert }) {
  const times = useTimes();
  const change = changeOf(alert);
  const standing = alert.source_count;
  const snoozed = alert.snoozed_until;
  return (
    <span className="badges">
      {change !== null && <span className={`badge badge-${change.toLowerCase()}`}>{change}</span>}
      {alert.state === "escalated" && (
        <span className="badge badge-escalated">Escalated{alert.escalated_to !== null && ` to ${alert.escalated_to}`}</span>
      )}
      {alert.state === "dismissed" && <span className="badge">Dismissed</span>}
      {snoozed !== null && <span className="badge" title={times.exact(snoozed)}>Snoozed</span>}
      {alert.muted && <span className="badge">Muted</span>}
      {standing > 1 && <span className="badge">sources: {standing}</span>}
    </span>
  );
}

function changeOf(alert: Alert): "Updated" | "Corrected" | "Retracted" | null {
  if (alert.status === "retracted") return "Retracted";
  if (alert.status === "corrected") return "Corrected";
  return alert.revision > 1 ? "Updated" : null;
}
