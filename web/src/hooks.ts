// What the components share of the browser: the clock, the address, the title.

import { useEffect, useState, useSyncExternalStore } from "react";

import { Problem } from "./api.ts";

const REREAD_MS = 300_000;

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

const BOOK = "#/book";

/** Where in the portfolio the address points: a client, or with null the book; null itself outside of it. */
export function usePortfolio(): { readonly clientId: string | null } | null {
  const hash = useSyncExternalStore(onHashChange, () => location.hash);
  if (hash === BOOK) return { clientId: null };
  return hash.startsWith(`${BOOK}/`) ? { clientId: decode(hash.slice(BOOK.length + 1)) } : null;
}

/** The address that opens a client's portfolio, or without one the book. */
export const bookHref = (clientId: string | null = null): string =>
  clientId === null ? BOOK : `${BOOK}/${encodeURIComponent(clientId)}`;

export interface Loaded<T> {
  readonly value: T | null;
  readonly error: string | null;
  readonly reload: () => void;
}

/**
 * What `read` answers, read anew every five minutes and whenever `key` changes; null until then. What is on screen
 * stays there when a later reading fails, with the reason beside it.
 */
export function useLoaded<T>(key: string, read: () => Promise<T>, onExpired: () => void): Loaded<T> {
  const [state, setState] = useState<{ key: string; value: T | null; error: string | null } | null>(null);
  const [asked, setAsked] = useState(0);
  const round = Math.floor(useNow(60_000) / REREAD_MS);
  useEffect(() => {
    let wanted = true;
    read().then(
      (value) => wanted && setState({ key, value, error: null }),
      (problem: unknown) => {
        if (!wanted) return;
        if (problem instanceof Problem && problem.status === 401) onExpired();
        const error = problem instanceof Error ? problem.message : String(problem);
        setState((before) => ({ key, value: before?.key === key ? before.value : null, error }));
      },
    );
    return () => {
      wanted = false;
    };
    // `read` is made anew with every render; `key` says when it asks for something else.
  }, [key, asked, round]);
  const current = state?.key === key ? state : null;
  return { value: current?.value ?? null, error: current?.error ?? null, reload: () => setAsked((times) => times + 1) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
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
