import type { FormEvent } from "react";

import { useDesk } from "../../desk.ts";
import type { Alert } from "../../types.ts";
import { Dialog } from "../Dialog.tsx";

const NOTE_CHARS = 2000;

/** Hand an alert up, with a note for who takes it. */
export function EscalateDialog({ alert, onClose }: { readonly alert: Alert; readonly onClose: () => void }) {
  const { store } = useDesk();
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    void store.escalate(alert.alert_id, String(new FormData(event.currentTarget).get("note")).trim());
    onClose();
  };
  return (
    <Dialog title="Escalate" onClose={onClose}>
      <form onSubmit={submit} className="dialog-form">
        <label className="field">
          Note for the head
          <textarea name="note" rows={4} maxLength={NOTE_CHARS} autoFocus />
        </label>
        <p className="dialog-foot">
          <button className="button" type="button" onClick={onClose}>Cancel</button>
          <button className="button button-primary" type="submit">Escalate</button>
        </p>
      </form>
    </Dialog>
  );
}
