import { type FormEvent, useState } from "react";

import { useDesk } from "../../desk.ts";
import { FEEDBACK_REASONS } from "../../reasons.ts";
import type { Alert, FeedbackReason } from "../../types.ts";
import { Dialog } from "../Dialog.tsx";

const NOTE_CHARS = 2000;

/** Whether an alert was useful, and if not, why; it never changes the alert. */
export function FeedbackDialog({ alert, onClose }: { readonly alert: Alert; readonly onClose: () => void }) {
  const { store } = useDesk();
  const [useful, setUseful] = useState(true);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const reason = useful ? null : (String(form.get("reason")) as FeedbackReason);
    void store.giveFeedback(alert.alert_id, useful, reason, String(form.get("note")).trim());
    onClose();
  };
  return (
    <Dialog title="Was this alert useful?" onClose={onClose}>
      <form onSubmit={submit} className="dialog-form">
        <fieldset className="segments">
          <legend className="visually-hidden">Was it useful?</legend>
          <label><input type="radio" name="useful" checked={useful} onChange={() => setUseful(true)} /> Useful</label>
          <label><input type="radio" name="useful" checked={!useful} onChange={() => setUseful(false)} /> Not useful</label>
        </fieldset>
        {!useful && (
          <label className="field">
            Reason
            <select name="reason">
              {FEEDBACK_REASONS.map(([reason, words]) => <option key={reason} value={reason}>{words}</option>)}
            </select>
          </label>
        )}
        <label className="field">
          Note, if you like
          <textarea name="note" rows={3} maxLength={NOTE_CHARS} />
        </label>
        <p className="dialog-foot">
          <button className="button" type="button" onClick={onClose}>Cancel</button>
          <button className="button button-primary" type="submit">Send</button>
        </p>
      </form>
    </Dialog>
  );
}
