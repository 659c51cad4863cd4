import type { Alert } from "../types.ts";

/** Tells screen readers of a new alert: a critical one at once, others when there is a pause. */
export function Announcer({ alert }: { readonly alert: Alert | null }) {
  const text = alert === null ? "" : `New alert. ${alert.client.display}: ${alert.headline}`;
  const critical = alert?.severity === "critical";
  return (
    <div className="visually-hidden">
      <p aria-live="polite">{critical ? "" : text}</p>
      <p aria-live="assertive">{critical ? text : ""}</p>
    </div>
  );
}
