// The alerts on screen as pure functions of snapshots and numbered frames. Nothing here does I/O.

import type { Alert, AlertPage, FeedFrame, StateFrame } from "./types.ts";

export interface Feed {
  readonly alerts: ReadonlyMap<string, Alert>;
  /** Ids in the order shown, newest first. A change of an alert never moves it. */
  readonly order: readonly string[];
  /** Ids that arrived while the reader held the list still, newest first; not shown yet. */
  readonly held: readonly string[];
  readonly holding: boolean;
  /** Ids that arrived or changed over the socket: the page makes them flash once. */
  readonly touched: ReadonlySet<string>;
  /** Number of the last frame applied; null before the first snapshot. */
  readonly lastSeq: number | null;
  /** Cursor of the next older page; null when everything is loaded. */
  readonly next: string | null;
}

/** What a frame did: a gap means that the caller must read a new snapshot. */
export type Outcome = "applied" | "repeated" | "gap";

export const emptyFeed: Feed = {
  alerts: new Map(),
  order: [],
  held: [],
  holding: false,
  touched: new Set(),
  lastSeq: null,
  next: null,
};

/** Replace the list by the server's newest page; while the list is held still, ids not seen before wait. */
export function applySnapshot(feed: Feed, page: AlertPage): Feed {
  const ids = page.items.map((alert) => alert.alert_id);
  const isNews = (id: string) => feed.holding && feed.lastSeq !== null && !feed.order.includes(id);
  return {
    ...feed,
    alerts: new Map(page.items.map((alert) => [alert.alert_id, alert])),
    order: ids.filter((id) => !isNews(id)),
    held: ids.filter(isNews),
    lastSeq: page.head_seq,
    next: page.next,
  };
}

/** Add an older page below; alerts already known keep their place, and the newer revision of the two. */
export function appendOlder(feed: Feed, page: AlertPage): Feed {
  const alerts = new Map(feed.alerts);
  const listed = new Set([...feed.held, ...feed.order]);
  const added: string[] = [];
  for (const alert of page.items) {
    const known = alerts.get(alert.alert_id);
    if (!listed.has(alert.alert_id)) added.push(alert.alert_id);
    if (known === undefined || known.revision < alert.revision) alerts.set(alert.alert_id, alert);
  }
  return { ...feed, alerts, order: [...feed.order, ...added], next: page.next };
}

/** Apply one frame if it is the next one; a repeated one changes nothing. */
export function applyFrame(feed: Feed, frame: FeedFrame): [Feed, Outcome] {
  const last = feed.lastSeq ?? 0;
  if (frame.seq <= last) return [feed, "repeated"];
  if (frame.seq > last + 1) return [feed, "gap"];
  const numbered = { ...feed, lastSeq: frame.seq };
  if (frame.type === "state") return [applyState(numbered, frame), "applied"];
  // A frame type from a newer server still counts; it just shows nothing here.
  return ["alert" in frame ? putAlert(numbered, frame.alert) : numbered, "applied"];
}

/** Change an alert in its place; an unknown one is left to the page that will load it. */
export function change(feed: Feed, id: string, fields: Partial<Alert>): Feed {
  const alert = feed.alerts.get(id);
  return alert === undefined ? feed : { ...feed, alerts: new Map(feed.alerts).set(id, { ...alert, ...fields }) };
}

/** Know alerts without listing them, so that frames keep them up to date; never an older revision over a newer. */
export function remember(feed: Feed, found: readonly Alert[]): Feed {
  const alerts = new Map(feed.alerts);
  for (const alert of found) {
    if ((alerts.get(alert.alert_id)?.revision ?? 0) <= alert.revision) alerts.set(alert.alert_id, alert);
  }
  return { ...feed, alerts };
}

/** Put an alert on top of the list: one that came back, or came to the reader by escalation. */
export const bring = (feed: Feed, alert: Alert): Feed => putOnTop(remember(feed, [alert]), alert.alert_id);

/** Whether an alert belongs in the inbox: not dismissed, not out of the way until later, and not muted. */
export const isOpen = ({ state, muted }: Alert): boolean => state !== "dismissed" && state !== "snoozed" && !muted;

/** Whether an alert asks for acknowledgement; a retracted one asks for nothing. */
export const isUnread = (alert: Alert): boolean =>
  alert.state !== "acknowledged" && alert.status !== "retracted" && isOpen(alert);

/** Hold the list still, or let it go: then what arrived meanwhile moves in on top. */
export function setHolding(feed: Feed, holding: boolean): Feed {
  if (holding) return feed.holding ? feed : { ...feed, holding };
  if (!feed.holding && feed.held.length === 0) return feed;
  return { ...feed, holding, order: [...feed.held, ...feed.order], held: [] };
}

/** Show what arrived while the list is held, without letting it go. */
export function revealHeld(feed: Feed): Feed {
  return { ...feed, order: [...feed.held, ...feed.order], held: [] };
}

/** The listed alerts that belong in the inbox, in their order. */
export const openIds = (feed: Feed): string[] => feed.order.filter((id) => satisfies(feed, id, isOpen));

/** Count the listed alerts that nobody has acknowledged. */
export const countUnread = (feed: Feed): number =>
  [...feed.held, ...feed.order].filter((id) => satisfies(feed, id, isUnread)).length;

function satisfies(feed: Feed, id: string, test: (alert: Alert) => boolean): boolean {
  const alert = feed.alerts.get(id);
  return alert !== undefined && test(alert);
}

/** Apply what another tab, another RM or the clock did; an alert that comes back to the inbox comes in on top. */
function applyState(feed: Feed, frame: StateFrame): Feed {
  const { alert_id: id, state, snoozed_until, dismissal_reason, escalated_to } = frame;
  const before = feed.alerts.get(id);
  const next = change(feed, id, { state, snoozed_until, dismissal_reason, escalated_to, ...acknowledgement(frame, before) });
  const returned = before !== undefined && !isOpen(before) && satisfies(next, id, isOpen);
  return returned ? putOnTop(next, id) : next;
}

/** By whom and when: said by the frame that acknowledges, kept while it holds, and gone when it does no more. */
function acknowledgement(
  { kind, state, by, at }: StateFrame, before: Alert | undefined,
): Pick<Alert, "acknowledged_by" | "acknowledged_at"> {
  if (kind === "acknowledged") return { acknowledged_by: by, acknowledged_at: at };
  if (before === undefined || (state !== "acknowledged" && state !== "dismissed")) {
    return { acknowledged_by: null, acknowledged_at: null };
  }
  return { acknowledged_by: before.acknowledged_by, acknowledged_at: before.acknowledged_at };
}

function putOnTop(feed: Feed, id: string): Feed {
  const order = feed.order.filter((other) => other !== id);
  const touched = new Set(feed.touched).add(id);
  if (!feed.holding) return { ...feed, touched, order: [id, ...order] };
  return { ...feed, touched, order, held: [id, ...feed.held.filter((other) => other !== id)] };
}

function putAlert(feed: Feed, alert: Alert): Feed {
  const id = alert.alert_id;
  const known = feed.alerts.get(id);
  // A page read later than this frame was written may already hold a newer revision.
  if (known !== undefined && known.revision > alert.revision) return feed;
  const next = {
    ...feed,
    alerts: new Map(feed.alerts).set(id, alert),
    touched: new Set(feed.touched).add(id),
  };
  const listed = feed.order.includes(id) || feed.held.includes(id);
  return listed ? next : putOnTop(next, id);
}
