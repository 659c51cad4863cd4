import { useDesk } from "../../desk.ts";
import { REASONS } from "../../reasons.ts";
import type { Alert } from "../../types.ts";
import { Dialog } from "../Dialog.tsx";

/** Why an alert needs nothing done. */
export function DismissDialog({ alert, onClose }: { readonly alert: Alert; readonly onClose: () => void }) {
  const { store } = useDesk();
  return (
    <Dialog title="Dismiss" onClose={onClose}>
      <p className="muted">Why does it need nothing done?</p>
      <div className="choices">
        {REASONS.map(([reason, words], index) => (
          <button key={reason} className="button" type="button" autoFocus={index === 0}
            onClick={() => {
              void store.dismiss(alert.alert_id, reason);
              onClose();
            }}>
            {words}
          </button>
        ))}
      </div>
      <p className="dialog-foot"><button className="button" type="button" onClick={onClose}>Cancel</button></p>
    </Dialog>
  );
}
