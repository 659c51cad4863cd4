import { useEffect } from "react";

import { select } from "../hooks.ts";
import type { InboxStore } from "../store.ts";

/**
 * Keys of the inbox, while it is shown: j and k move, a acknowledges, Escape closes. Never while typing or with a
 * modifier held.
 */
export function useShortcuts(
  shown: boolean, order: readonly string[], selectedId: string | null, store: InboxStore,
): void {
  useEffect(() => {
    if (!shown) return;
    const move = (step: number): void => {
      const at = selectedId === null ? -1 : order.indexOf(selectedId);
      const id = order[Math.max(0, Math.min(order.length - 1, at + step))];
      if (id === undefined) return;
      select(id);
      const row = document.querySelector<HTMLElement>(`[data-alert-id="${CSS.escape(id)}"] a`);
      row?.focus({ preventScroll: true });
      row?.closest("li")?.scrollIntoView({ block: "nearest" });
    };
    const onKey = (event: KeyboardEvent): void => {
      const typing = event.target instanceof HTMLElement && event.target.matches("input, textarea, select");
      if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "j") move(1);
      else if (event.key === "k") move(-1);
      else if (event.key === "a" && selectedId !== null) void store.acknowledge(selectedId);
      else if (event.key === "Escape") select(null);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [shown, order, selectedId, store]);
}
