import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

import * as api from "./api.ts";
import { wording } from "./hooks.ts";
import { Problem } from "./http.ts";
import { defaultPreferences, type Preferences } from "./workspace.ts";

const CHANGED_MEANWHILE = 412;

/** The reader's preferences, applied to the page, and how to change some: why that failed, or null. */
export function usePreferences(): [Preferences, (change: Partial<Preferences>) => Promise<string | null>] {
  const [preferences, setPreferences] = useState(defaultPreferences);
  const saved = useRef(defaultPreferences);

  const take = useCallback((written: Preferences): void => {
    saved.current = written;
    setPreferences(written);
  }, []);

  useEffect(() => {
    // Without them the page works as it does for a first-time reader; a change says why they cannot be read.
    api.readPreferences().then(({ body }) => take(body), () => undefined);
  }, [take]);

  // Before any chart reads the colours that follow from it.
  useLayoutEffect(() => {
    const { dataset } = document.documentElement;
    dataset.density = preferences.density;
    dataset.theme = preferences.theme;
  }, [preferences]);

  const prefer = useCallback(
    async (change: Partial<Preferences>): Promise<string | null> => {
      setPreferences((current) => ({ ...current, ...change }));
      try {
        take(await writeOver(change));
        return null;
      } catch (problem) {
        setPreferences(saved.current);
        return wording(problem);
      }
    },
    [take],
  );
  return [preferences, prefer];
}

/** Write a change over the newest version; when another tab comes in between, over that one's. */
async function writeOver(change: Partial<Preferences>, tries = 3): Promise<Preferences> {
  const { body, etag } = await api.readPreferences();
  try {
    return (await api.writePreferences({ ...body, ...change }, etag ?? "*")).body;
  } catch (problem) {
    if (tries === 1 || !(problem instanceof Problem && problem.status === CHANGED_MEANWHILE)) throw problem;
    return writeOver(change, tries - 1);
  }
}
