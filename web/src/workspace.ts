// The wire of everything around alerts and figures: preferences, cover, mutes, profiles, the review queue.

import type { Evidence, Severity } from "./types.ts";

/** How to log in here; the last two are addresses to go to, where there is single sign-on. */
export interface LogInMethods {
  readonly password: boolean;
  readonly sign_on: string | null;
  readonly log_out: string | null;
}

export interface Preferences {
  readonly sound: boolean;
  readonly desktop_notifications: boolean;
  readonly hide_amounts: boolean;
  readonly theme: "system" | "light" | "dark";
  readonly density: "comfortable" | "compact";
  /** IANA name; null means the browser's zone. */
  readonly time_zone: string | null;
}

export const defaultPreferences: Preferences = {
  sound: true,
  desktop_notifications: false,
  hide_amounts: false,
  theme: "system",
  density: "comfortable",
  time_zone: null,
};

export interface ClientSummary {
  readonly client_id: string;
  readonly display: string;
  readonly kind: "person" | "organisation";
  readonly open_alerts: number;
}

export interface ClientProfile {
  readonly client_id: string;
  readonly display: string;
  readonly kind: "person" | "organisation";
  readonly legal_name: string;
  /** What the client is found by in the news. */
  readonly names: readonly { readonly name: string; readonly type: string; readonly added_by: string }[];
  readonly facts: readonly { readonly kind: string; readonly value: string }[];
  /** Who looks after the client now; `for_rm` names whose deputy this is. */
  readonly coverage: readonly { readonly rm_id: string; readonly display: string; readonly for_rm: string | null }[];
}

/** A client, a topic, or that topic of that client, until a moment or until it is ended. */
export interface NewMute {
  readonly client_id: string | null;
  readonly topic: string | null;
  readonly until: string | null;
  readonly reason: string;
}

export interface Mute extends NewMute {
  readonly mute_id: string;
}

/** That a deputy looks after one client, or with null all, of an RM for a time. */
export interface NewCover {
  readonly client_id: string | null;
  readonly deputy: string;
  readonly from: string;
  readonly to: string;
}

export interface Cover extends NewCover {
  readonly coverage_id: string;
  readonly rm_id: string;
  readonly deputy_display: string;
  readonly active: boolean;
}

/** Somebody who can be a deputy. */
export interface Colleague {
  readonly rm_id: string;
  readonly display: string;
}

/** An instrument that everybody may watch. */
export interface Listed {
  readonly instrument_id: string;
  readonly display: string;
  readonly ccy: string;
}

/** An article that may be about a client: surer than chance, not sure enough for an alert. */
export interface Candidate {
  readonly candidate_id: string;
  readonly client: { readonly id: string; readonly display: string };
  readonly relevance: number;
  readonly match: { readonly score: number; readonly evidence: readonly Evidence[] };
  /** The name as the text writes it. */
  readonly mention: string | null;
  /** The words beside it, by which a decision tells this bearer of the name from others. */
  readonly contexts: readonly string[];
  readonly severity: Severity;
  readonly topic: string;
  readonly headline: string;
  readonly body: string;
  readonly publisher: string | null;
  readonly url: string | null;
  readonly published_at: string | null;
  readonly received_at: string;
  readonly why: string;
}

export type Decision = "accept" | "reject" | "alias" | "block";

/** A decision with what replaces the name and the words found in the article; null keeps those. */
export interface NewDecision {
  readonly decision: Decision;
  readonly note: string;
  readonly name: string | null;
  readonly context: string | null;
}

/** A decided candidate, and what the decision taught the registry. */
export interface Decided {
  readonly decision: Decision;
  readonly learned: { readonly alias: string | null; readonly contexts: readonly string[]; readonly block: string | null };
}

/** A whole list. */
export interface Items<T> {
  readonly items: readonly T[];
}

/** A page of a list, with the cursor of the next. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}
