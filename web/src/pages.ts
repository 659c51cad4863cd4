// Lists that the server gives a page at a time, kept up to `more` as the reader asks for it.

import { useCallback, useEffect, useRef, useState } from "react";

import { useDesk } from "./desk.ts";
import { wording } from "./hooks.ts";
import { Problem } from "./http.ts";
import type { Page } from "./workspace.ts";

export interface Paged<T> {
  /** Null until the first page is there. */
  readonly items: readonly T[] | null;
  readonly hasMore: boolean;
  readonly loading: boolean;
  readonly error: string | null;
  readonly more: () => void;
  readonly reload: () => void;
  /** Take items out of the list without reading it again. */
  readonly drop: (unwanted: (item: T) => boolean) => void;
}

interface State<T> {
  readonly key: string;
  readonly items: readonly T[] | null;
  readonly next: string | null;
  readonly loading: boolean;
  readonly error: string | null;
}

/** The pages that `read` answers, started anew whenever `key` changes. */
export function usePages<T>(key: string, read: (cursor: string | null) => Promise<Page<T>>): Paged<T> {
  const { expire } = useDesk();
  const fresh: State<T> = { key, items: null, next: null, loading: true, error: null };
  const [state, setState] = useState(fresh);
  const [asked, setAsked] = useState(0);
  const latest = useRef(key);

  const load = (cursor: string | null): void => {
    setState((before) => ({ ...(before.key === key ? before : fresh), loading: true, error: null }));
    read(cursor).then(
      (page) => {
        if (latest.current !== key) return;
        setState((before) => ({
          key, next: page.next, loading: false, error: null,
          items: cursor === null ? page.items : [...(before.items ?? []), ...page.items],
        }));
      },
      (problem: unknown) => {
        if (problem instanceof Problem && problem.status === 401) expire();
        if (latest.current === key) setState((before) => ({ ...before, key, loading: false, error: wording(problem) }));
      },
    );
  };
  // `read` and `load` are made anew with every render; `key` says when they ask for something else.
  useEffect(() => {
    latest.current = key;
    load(null);
  }, [key, asked]);

  const reload = useCallback(() => setAsked((times) => times + 1), []);
  const current = state.key === key ? state : fresh;
  return {
    items: current.items,
    hasMore: current.next !== null,
    loading: current.loading,
    error: current.error,
    more: () => {
      if (!current.loading && current.next !== null) load(current.next);
    },
    reload,
    drop: (unwanted) =>
      setState((before) => ({ ...before, items: before.items?.filter((item) => !unwanted(item)) ?? null })),
  };
}
