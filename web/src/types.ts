// The wire as the gateway speaks it: `alert.v1`, REST bodies and WebSocket frames. Unknown fields are ignored.

export type Severity = "info" | "important" | "critical";
export type AlertStatus = "active" | "corrected" | "retracted";
export type AlertState = "new" | "acknowledged" | "snoozed" | "dismissed" | "escalated";
export type DismissalReason = "not_relevant" | "already_known" | "wrong_person" | "duplicate" | "other";
export type FeedbackReason = "wrong_person" | "old" | "duplicate" | "not_material" | "bad_summary";

/** One reason for the match; `start` and `end` count characters (code points) of headline, newline, body. */
export interface Evidence {
  readonly kind: string;
  readonly detail: string;
  readonly contribution: number;
  readonly start: number | null;
  readonly end: number | null;
  readonly text: string | null;
}

export interface SummarySentence {
  readonly text: string;
  readonly source_ids: readonly string[];
}

export interface Source {
  readonly article_id: string;
  readonly headline: string;
  readonly publisher: string | null;
  readonly url: string | null;
  readonly published_at: string | null;
  readonly language: string | null;
  readonly retracted: boolean;
}

export interface Times {
  readonly published: string | null;
  readonly received: string | null;
  readonly resolved: string | null;
  readonly summarized: string | null;
  readonly routed: string | null;
  readonly delivered: string | null;
}

export interface Alert {
  readonly alert_id: string;
  readonly story_id: string;
  readonly revision: number;
  readonly client: { readonly id: string; readonly display: string };
  readonly relation: string;
  readonly match: { readonly score: number; readonly method: string; readonly evidence: readonly Evidence[] };
  readonly relevance: number;
  readonly novelty: number;
  readonly severity: Severity;
  readonly topic: string;
  readonly headline: string;
  readonly body: string;
  readonly summary: readonly SummarySentence[];
  readonly sources: readonly Source[];
  readonly source_count: number;
  readonly status: AlertStatus;
  readonly state: AlertState;
  readonly acknowledged_by: string | null;
  readonly acknowledged_at: string | null;
  readonly snoozed_until: string | null;
  readonly dismissal_reason: DismissalReason | null;
  readonly escalated_to: "deputy" | "head" | null;
  /** The reader had muted its client or topic when it came. */
  readonly muted: boolean;
  readonly times: Times;
  readonly why: string;
  readonly versions: { readonly registry: string; readonly resolver: string; readonly summarizer: string | null };
  readonly trace_id: string;
}

export interface AlertPage {
  readonly items: readonly Alert[];
  readonly next: string | null;
  readonly head_seq: number;
  readonly epoch: string;
}

/** One step in an alert's history. */
export interface AlertEvent {
  readonly kind: string;
  readonly actor: string;
  readonly at: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What a person thought of an alert. */
export interface Feedback {
  readonly feedback_id: number;
  readonly rm_id: string;
  readonly useful: boolean;
  readonly reason: FeedbackReason | null;
  readonly note: string;
  readonly at: string;
}

/** An alert with everything that happened to it, oldest first, and what people thought of it. */
export interface AlertRecord extends Alert {
  readonly events: readonly AlertEvent[];
  readonly feedback: readonly Feedback[];
}

export interface Me {
  readonly rm_id: string;
  readonly display: string;
  readonly role: string;
}

/** First frame of a connection. Numbers of another `epoch` than this one no longer count. */
export interface Hello {
  readonly type: "hello";
  readonly heartbeat_s: number;
  readonly epoch: string;
}

export interface AlertFrame {
  readonly type: "alert" | "alert.updated" | "alert.retracted";
  readonly seq: number;
  readonly alert: Alert;
}

export interface StateFrame {
  readonly type: "state";
  readonly seq: number;
  readonly kind: "acknowledged" | "snoozed" | "returned" | "dismissed" | "restored" | "escalated";
  readonly alert_id: string;
  readonly state: AlertState;
  readonly by: string;
  readonly at: string;
  readonly snoozed_until: string | null;
  readonly dismissal_reason: DismissalReason | null;
  readonly escalated_to: "deputy" | "head" | null;
}

/** The newest trade or quote of an instrument; prices are decimal text. */
export interface Tick {
  readonly instrument: string;
  readonly price: string;
  readonly ccy: string;
  readonly ts: string;
  readonly seq: number;
}

/** A numbered frame of the RM's feed; `seq` has no gaps. */
export type FeedFrame = AlertFrame | StateFrame;
