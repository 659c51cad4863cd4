// What the components share of the browser: the clock, the address, the title, and what the server answers.

import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from "react";

import { useDesk } from "./desk.ts";
import { Problem } from "./http.ts";
import { parseRoute, type Route } from "./route.ts";

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

/** What the address names, so that everything opened can be bookmarked and the back button works. */
export function useRoute(): Route {
  const hash = useSyncExternalStore(onHashChange, () => location.hash);
  return useMemo(() => parseRoute(hash), [hash]);
}

/** Whether a media query holds now. */
export function useMedia(query: string): boolean {
  const media = useMemo(() => window.matchMedia(query), [query]);
  return useSyncExternalStore(
    (listener) => {
      media.addEventListener("change", listener);
      return () => media.removeEventListener("change", listener);
    },
    () => media.matches,
  );
}

export interface Loaded<T> {
  readonly value: T | null;
  readonly error: string | null;
  /** There is no such thing, or not for this reader. */
  readonly missing: boolean;
  readonly reload: () => void;
}

/**
 * What `read` answers, read anew every five minutes and whenever `key` changes; null until then. What is on screen
 * stays there when a later reading fails, with the reason beside it.
 */
export function useLoaded<T>(key: string, read: () => Promise<T>): Loaded<T> {
  const { expire } = useDesk();
  const [state, setState] = useState<{ key: string; value: T | null; problem: unknown } | null>(null);
  const [asked, setAsked] = useState(0);
  const round = Math.floor(useNow(60_000) / REREAD_MS);
  useEffect(() => {
    let wanted = true;
    read().then(
      (value) => wanted && setState({ key, value, problem: null }),
      (problem: unknown) => {
        if (!wanted) return;
        if (hasStatus(problem, 401)) expire();
        setState((before) => ({ key, value: before?.key === key ? before.value : null, problem }));
      },
    );
    return () => {
      wanted = false;
    };
    // `read` is made anew with every render; `key` says when it asks for something else.
  }, [key, asked, round, expire]);
  const reload = useCallback(() => setAsked((times) => times + 1), []);
  const current = state?.key === key ? state : null;
  const problem = current?.problem ?? null;
  return {
    value: current?.value ?? null,
    error: problem === null ? null : wording(problem),
    missing: hasStatus(problem, 404),
    reload,
  };
}

const hasStatus = (problem: unknown, status: number): boolean => problem instanceof Problem && problem.status === status;

/** A failure as a sentence for the reader. */
export const wording = (problem: unknown): string => (problem instanceof Error ? problem.message : String(problem));

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
