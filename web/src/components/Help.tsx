import { Dialog } from "./Dialog.tsx";

export const KEYS: readonly (readonly [keys: readonly string[], does: string])[] = [
  [["j", "k"], "next, previous alert"],
  [["a"], "acknowledge"],
  [["s"], "snooze"],
  [["d"], "dismiss, with a reason"],
  [["e"], "escalate"],
  [["f"], "useful or not"],
  [["/"], "search"],
  [["n"], "show what is new"],
  [["h"], "hide or show amounts"],
  [["Esc"], "close"],
  [["?"], "this help"],
];

/** The keys of the page. */
export function Help({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title="Keyboard" onClose={onClose}>
      <Keys />
      <p className="dialog-foot"><button className="button" type="button" onClick={onClose}>Close</button></p>
    </Dialog>
  );
}

/** The keys as a list. */
export function Keys() {
  return (
    <dl className="keys">
      {KEYS.map(([keys, does]) => (
        <div key={does}><dt>{keys.map((key) => <kbd key={key}>{key}</kbd>)}</dt><dd>{does}</dd></div>
      ))}
    </dl>
  );
}
