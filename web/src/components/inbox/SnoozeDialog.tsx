import { type FormEvent, useState } from "react";

import { useDesk, useTimes } from "../../desk.ts";
import { localOf, momentOf, tomorrowMorning } from "../../time.ts";
import type { Alert } from "../../types.ts";
import { Dialog } from "../Dialog.tsx";

const HOUR_MS = 3_600_000;

/** Until when an alert shall be out of the way. */
export function SnoozeDialog({ alert, onClose }: { readonly alert: Alert; readonly onClose: () => void }) {
  const { store, preferences } = useDesk();
  const times = useTimes();
  const zone = preferences.time_zone;
  const [opened] = useState(() => Date.now());
  const hour = new Date(opened + HOUR_MS).toISOString();
  const tomorrow = tomorrowMorning(opened, zone);
  const snooze = (until: string): void => {
    void store.snooze(alert.alert_id, until);
    onClose();
  };
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    snooze(momentOf(String(new FormData(event.currentTarget).get("until")), zone));
  };

  return (
    <Dialog title="Snooze" onClose={onClose}>
      <p className="muted">The alert comes back to the top of the inbox, in every tab.</p>
      <div className="choices">
        <button className="button" type="button" autoFocus onClick={() => snooze(hour)}>
          1 hour <span className="muted">{times.clock(Date.parse(hour))}</span>
        </button>
        <button className="button" type="button" onClick={() => snooze(tomorrow)}>
          Tomorrow <span className="muted">{times.exact(tomorrow)}</span>
        </button>
      </div>
      <form onSubmit={submit} className="dialog-line">
        <label>
          Until{" "}
          <input type="datetime-local" name="until" required
            min={localOf(opened, zone)} defaultValue={localOf(opened + 4 * HOUR_MS, zone)} />
        </label>
        <button className="button" type="submit">Snooze until then</button>
      </form>
      <p className="dialog-foot"><button className="button" type="button" onClick={onClose}>Cancel</button></p>
    </Dialog>
  );
}
