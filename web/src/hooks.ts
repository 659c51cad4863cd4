// What the components share of the browser: the clock, the address, the title.

import { useEffect, useState, useSyncExternalStore } from "react";

/** The current time in milliseconds, renewed every `everyMs`. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), everyMs);
    return () => window.clearInterval(timer);
  }, [everyMs]);
  return now;
}

const PREFIX = "#/alerts/";

/** The id of the alert that the address names, so that it can be bookmarked and the back button closes it. */
export function useSelectedId(): string | null {
  const hash = useSyncExternalStore(onHashChange, () => location.hash);
  return hash.startsWith(PREFIX) ? decodeURIComponent(hash.slice(PREFIX.length)) : null;
}

/** The address that opens an alert. */
export const alertHref = (id: string): string => PREFIX + encodeURIComponent(id);

/** Open an alert, or close it with null; moving between alerts adds nothing to the history. */
export function select(id: string | null): void {
  location.replace(id === null ? "#/" : alertHref(id));
}

/** Show the number of unread alerts in the tab's title; `more` when there are older pages unseen. */
export function useTitle(unread: number, more: boolean): void {
  useEffect(() => {
    document.title = unread === 0 ? "Tipline" : `(${unread}${more ? "+" : ""}) Tipline`;
    return () => {
      document.title = "Tipline";
    };
  }, [unread, more]);
}

function onHashChange(listener: () => void): () => void {
  window.addEventListener("hashchange", listener);
  return () => window.removeEventListener("hashchange", listener);
}
