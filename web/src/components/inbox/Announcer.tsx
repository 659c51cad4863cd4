import { useEffect, useState } from "react";

import { useDesk } from "../../desk.ts";
import { Chime, notify } from "../../notify.ts";
import { alertHref } from "../../route.ts";
import type { Alert } from "../../types.ts";

/**
 * Tells of a new alert those who do not look: by sound and desktop notification, where the reader wants them, and to
 * screen readers, a critical one at once and others when there is a pause.
 */
export function Announcer({ alert }: { readonly alert: Alert | null }) {
  const { preferences } = useDesk();
  const { sound, desktop_notifications: desktop } = preferences;
  const [chime] = useState(() => new Chime());
  useEffect(() => {
    if (alert === null) return;
    if (sound) chime.ring(alert.severity);
    if (desktop) notify(alert.severity, () => location.assign(alertHref(alert.alert_id)));
    // Another preference is no reason to announce the same alert again.
  }, [alert]);

  const text = alert === null ? "" : `New alert. ${alert.client.display}: ${alert.headline}`;
  const critical = alert?.severity === "critical";
  return (
    <div className="visually-hidden">
      <p aria-live="polite">{critical ? "" : text}</p>
      <p aria-live="assertive">{critical ? text : ""}</p>
    </div>
  );
}
