// What every part of the page may need: who works here, how they like it, and how to act.

import { createContext, useContext } from "react";

import type { InboxStore } from "./store.ts";
import { type Times, timesIn } from "./time.ts";
import type { Me } from "./types.ts";
import type { Preferences } from "./workspace.ts";

/** Something to fill in about one alert; `help` is about none. */
export type Question =
  | { readonly kind: "snooze" | "dismiss" | "escalate" | "feedback"; readonly alertId: string }
  | { readonly kind: "help" };

export interface Desk {
  readonly me: Me;
  readonly store: InboxStore;
  readonly preferences: Preferences;
  /** Change some preferences, on screen at once and at the server; why it failed, or null. */
  readonly prefer: (change: Partial<Preferences>) => Promise<string | null>;
  readonly ask: (question: Question) => void;
  /** The session is over: log in again. */
  readonly expire: () => void;
}

export const DeskContext = createContext<Desk | null>(null);

/** The desk of the logged-in reader. */
export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (desk === null) throw new Error("there is no desk before the log-in");
  return desk;
}

/** Whether the reader acts on alerts; compliance, say, only reads them. The server decides: this hides what it refuses. */
export const useMayAct = (): boolean => ["rm", "deputy", "head"].includes(useDesk().me.role);

/** Times in the zone that the reader prefers. */
export const useTimes = (): Times => timesIn(useDesk().preferences.time_zone);
