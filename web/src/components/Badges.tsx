import type { Alert, Severity } from "../types.ts";

const SEVERITY_WORDS: Record<Severity, string> = { info: "Info", important: "Important", critical: "Critical" };

/** How grave, by word and shape as well as colour. */
export function SeverityMark({ severity }: { readonly severity: Severity }) {
  return <span className={`severity severity-${severity}`}>{SEVERITY_WORDS[severity]}</span>;
}

/** What changed since the alert was first shown, and how many sources stand behind it. */
export function Badges({ alert }: { readonly alert: Alert }) {
  const change = changeOf(alert);
  const standing = alert.source_count;
  return (
    <span className="badges">
      {change !== null && <span className={`badge badge-${change.toLowerCase()}`}>{change}</span>}
      {standing > 1 && <span className="badge">sources: {standing}</span>}
    </span>
  );
}

function changeOf(alert: Alert): "Updated" | "Corrected" | "Retracted" | null {
  if (alert.status === "retracted") return "Retracted";
  if (alert.status === "corrected") return "Corrected";
  return alert.revision > 1 ? "Updated" : null;
}
