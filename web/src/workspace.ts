// The wire of everything around alerts and figures: preferences, cover, mutes, profiles, the review queue.

import type { Evidence } from "./types.ts";

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
  sound: false,
  desktop_notifications: false,
  hide_amounts: false,
  theme: "system",
  density: "comfortable",
  time_zone: null,
};

export interface ClientSummary {
  readonly client_id: string;
  readonly display: string;
  readonly kind: string;
}

export interface ClientProfile extends ClientSummary {
  readonly facts: readonly { readonly kind: string; readonly value: string }[];
  readonly coverage: readonly { readonly rm_id: string; readonly display: string; readonly role: string }[];
}

export interface Mute {
  readonly mute_id: string;
  readonly client_id: string | null;
  readonly topic: string | null;
  readonly until: string | null;
  readonly reason: string;
}

export interface NewMute {
  readonly client_id: string | null;
  readonly topic: string | null;
  readonly until: string | null;
  readonly reason: string;
}

/** That a deputy looks after one client, or with null all, of an RM for a time. */
export interface Cover {
  readonly coverage_id: string;
  readonly client_id: string | null;
  readonly deputy: string;
  readonly from: string;
  readonly to: string;
}

export interface NewCover {
  readonly client_id: string | null;
  readonly deputy: string;
  readonly from: string;
  readonly to: string;
}

/** An article that may be about a client, for a person to decide. */
export interface Candidate {
  readonly candidate_id: string;
  readonly client: { readonly id: string; readonly display: string };
  readonly mention: string;
  readonly score: number;
  readonly why: string;
  readonly headline: string;
  readonly body: string;
  readonly publisher: string | null;
  readonly published_at: string | null;
  readonly evidence: readonly Evidence[];
}

export type Decision = "accept" | "reject" | "alias" | "block";

/** A page of a list, with the cursor of the next. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}
