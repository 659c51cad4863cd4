import { useEffect, useSyncExternalStore } from "react";

import { useDesk } from "../../desk.ts";
import type { Quotes } from "../../ticks.ts";

/** Live prices of these instruments, as long as the component shows. */
export function useQuotes(instruments: readonly string[]): Quotes {
  const { ticks } = useDesk().store;
  const wanted = instruments.join("\n");
  useEffect(() => {
    return ticks.watch(wanted === "" ? [] : wanted.split("\n"));
  }, [ticks, wanted]);
  return useSyncExternalStore(ticks.subscribe, ticks.getSnapshot);
}
