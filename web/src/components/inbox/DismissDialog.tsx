import { useState } from "react";

import { useDesk } from "../../desk.ts";
import { DISMISSAL_REASONS } from "../../reasons.ts";
import type { Alert } from "../../types.ts";
import { Dialog } from "../Dialog.tsx";

const NOTE_CHARS = 2000;

/** Why an alert needs nothing done. */
export function DismissDialog({ alert, onClose }: { readonly alert: Alert; readonly onClose: () => void }) {
  const { store } = useDesk();
  const [note, setNote] = useState("");
  return (
    <Dialog title="Dismiss" onClose={onClose}>
      <p className="muted">Why does it need nothing done?</p>
      <div className="choices">
        {DISMISSAL_REASONS.map(([reason, words], index) => (
          <button key={reason} className="button" type="button" autoFocus={index === 0}
            onClick={() => {
              void store.dismiss(alert.alert_id, reason, note.trim());
              onClose();
            }}>
            {words}
          </button>
        ))}
      </div>
      <label className="field">
        Note, if you like
        <input value={note} maxLength={NOTE_CHARS} onChange={(event) => setNote(event.target.value)} />
      </label>
      <p className="dialog-foot"><button className="button" type="button" onClick={onClose}>Cancel</button></p>
    </Dialog>
  );
}
