import { useEffect, useRef } from "react";

/** What each key does, by `KeyboardEvent.key`. */
export type Keymap = Readonly<Record<string, (() => void) | undefined>>;

/** Keys that act anywhere on the page: never while typing, behind a dialog, or with a modifier held. */
export function useKeys(keymap: Keymap): void {
  const latest = useRef(keymap);
  useEffect(() => {
    latest.current = keymap;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const typing = event.target instanceof HTMLElement && event.target.matches("input, textarea, select");
      const asked = document.querySelector("dialog[open]") !== null;
      if (typing || asked || event.ctrlKey || event.metaKey || event.altKey) return;
      const run = latest.current[event.key];
      if (run === undefined) return;
      event.preventDefault();
      run();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}
