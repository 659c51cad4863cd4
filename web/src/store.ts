// The alerts of one logged-in RM: joins REST, the live connection and the feed, and tells React what changed.

import * as api from "./api.ts";
import { Connection, type Host, type Link, type Place } from "./connection.ts";
import * as feeds from "./feed.ts";
import { Problem } from "./http.ts";
import { TickBoard } from "./ticks.ts";
import type { Alert, DismissalReason, FeedFrame, FeedbackReason, Hello, StateFrame } from "./types.ts";

/** What was just done, and how to take it back. */
export interface Notice {
  readonly text: string;
  readonly undo: (() => void) | null;
}

export interface Inbox {
  readonly feed: feeds.Feed;
  readonly link: Link;
  /** Why the list could not be read, while nothing is shown. */
  readonly loadError: string | null;
  readonly loadingOlder: boolean;
  /** Why an action did not go through, by alert id. */
  readonly actionErrors: ReadonlyMap<string, string>;
  /** How often the server told of a change, by alert id: whoever shows its history reads that again. */
  readonly changes: ReadonlyMap<string, number>;
  /** Newest alert that came over the socket, for screen readers, sound and notifications. */
  readonly announced: Alert | null;
  readonly notice: Notice | null;
}

const browser: Host = {
  open: (url, protocol) => new WebSocket(url, protocol),
  now: () => Date.now(),
  random: () => Math.random(),
  later: (run, delayMs) => window.setTimeout(run, delayMs),
  cancel: (timer) => window.clearTimeout(timer),
};

export class InboxStore {
  #inbox: Inbox = {
    feed: feeds.emptyFeed,
    link: { phase: "connecting" },
    loadError: null,
    loadingOlder: false,
    actionErrors: new Map(),
    changes: new Map(),
    announced: null,
    notice: null,
  };
  #epoch: string | null = null;
  #reading: Promise<Place> | null = null;
  readonly ticks: TickBoard;
  readonly #listeners = new Set<() => void>();
  readonly #connection: Connection;
  readonly #onExpired: () => void;
  readonly #rmId: string;

  constructor(rmId: string, onExpired: () => void) {
    this.#rmId = rmId;
    this.#onExpired = onExpired;
    this.ticks = new TickBoard((instruments) => this.#connection.watch(instruments));
    this.#connection = new Connection(api.streamUrl(), browser, {
      resumeFrom: (hello, mustResync) => this.#resumeFrom(hello, mustResync),
      onFrame: (frame) => this.#onFrame(frame),
      onTicks: (ticks) => this.ticks.apply(ticks),
      onLink: (link) => this.#set({ link }),
      onExpired,
    });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): Inbox => this.#inbox;

  /** Go live and stay so until the returned function is called. */
  start(): () => void {
    const drop = () => this.#connection.drop();
    window.addEventListener("online", this.reconnect);
    window.addEventListener("offline", drop);
    // The list shows even where no WebSocket gets through.
    this.reload();
    this.#connection.connect();
    return () => {
      window.removeEventListener("online", this.reconnect);
      window.removeEventListener("offline", drop);
      this.#connection.stop();
    };
  }

  readonly reconnect = (): void => this.#connection.connect();

  /** Read the newest page; a failure is on screen as `loadError`. */
  readonly reload = (): void => {
    this.#set({ loadError: null });
    this.#readSnapshot().catch(() => undefined);
  };

  readonly hold = (holding: boolean): void => this.#setFeed(feeds.setHolding(this.#inbox.feed, holding));

  readonly reveal = (): void => this.#setFeed(feeds.revealHeld(this.#inbox.feed));

  /** Keep alerts that another list shows up to date too. */
  readonly remember = (alerts: readonly Alert[]): void =>
    this.#setFeed(feeds.remember(this.#inbox.feed, alerts));

  readonly loadOlder = async (): Promise<void> => {
    const cursor = this.#inbox.feed.next;
    if (cursor === null || this.#inbox.loadingOlder) return;
    this.#set({ loadingOlder: true });
    try {
      const page = await api.readAlerts(cursor);
      // A snapshot read meanwhile started the list anew: this page no longer fits under it.
      if (this.#inbox.feed.next === cursor) this.#setFeed(feeds.appendOlder(this.#inbox.feed, page));
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#set({ loadingOlder: false });
    }
  };

  readonly acknowledge = async (id: string): Promise<void> => {
    const state = this.#inbox.feed.alerts.get(id)?.state;
    if (state === "acknowledged" || state === "dismissed") return;
    const fields = { acknowledged_by: this.#rmId, acknowledged_at: new Date().toISOString(), snoozed_until: null };
    await this.#act(id, { state: "acknowledged", ...fields }, () => api.acknowledge(id));
  };

  readonly snooze = async (id: string, until: string): Promise<void> => {
    const sent = await this.#act(id, { state: "snoozed", snoozed_until: until }, () => api.snooze(id, until));
    if (sent) this.#tell("Snoozed.", () => void this.wake(id));
  };

  readonly wake = async (id: string): Promise<void> => {
    if (await this.#act(id, { state: "new", snoozed_until: null }, () => api.wake(id))) this.#tell("Back in the inbox.");
  };

  readonly dismiss = async (id: string, reason: DismissalReason, note: string): Promise<void> => {
    const done = { state: "dismissed", dismissal_reason: reason, snoozed_until: null } as const;
    const sent = await this.#act(id, done, () => api.dismiss(id, reason, note));
    if (sent) this.#tell("Dismissed.", () => void this.restore(id));
  };

  readonly restore = async (id: string): Promise<void> => {
    if (await this.#act(id, { state: "new", dismissal_reason: null }, () => api.restore(id))) this.#tell("Back in the inbox.");
  };

  readonly escalate = async (id: string, note: string): Promise<void> => {
    const done = { state: "escalated", escalated_to: "head" } as const;
    if (await this.#act(id, done, () => api.escalate(id, note))) this.#tell("Escalated to the head.");
  };

  readonly giveFeedback = async (
    id: string, useful: boolean, reason: FeedbackReason | null, note: string,
  ): Promise<void> => {
    const sent = await this.#act(id, {}, () => api.giveFeedback(id, useful, reason, note, crypto.randomUUID()));
    if (sent) this.#tell("Thank you: the models learn from it.");
  };

  readonly clearNotice = (): void => this.#set({ notice: null });

  /** Show a change at once, then make it at the server; undone, with the reason on screen, when it is refused. */
  async #act(id: string, change: Partial<Alert>, send: () => Promise<unknown>): Promise<boolean> {
    const before = this.#inbox.feed.alerts.get(id);
    if (before === undefined) return false;
    this.#setActionError(id, null);
    this.#setFeed(feeds.change(this.#inbox.feed, id, change));
    try {
      await send();
      this.#changed(id);
      return true;
    } catch (error) {
      const fields = Object.keys(change) as (keyof Alert)[];
      const restored = Object.fromEntries(fields.map((field) => [field, before[field]])) as Partial<Alert>;
      this.#setFeed(feeds.change(this.#inbox.feed, id, restored));
      this.#setActionError(id, this.#failed(error));
      return false;
    }
  }

  async #resumeFrom(hello: Hello, mustResync: boolean): Promise<Place> {
    if (this.#reading !== null) await this.#reading;
    const lastSeq = this.#inbox.feed.lastSeq;
    const resumable = lastSeq !== null && !mustResync && this.#epoch === hello.epoch;
    return resumable ? { last_seq: lastSeq, epoch: hello.epoch } : this.#readSnapshot();
  }

  /** Read the newest page and return the place it ends at; calls at the same time share one reading. */
  #readSnapshot(): Promise<Place> {
    this.#reading ??= this.#fetchSnapshot().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #fetchSnapshot(): Promise<Place> {
    try {
      const page = await api.readAlerts();
      this.#epoch = page.epoch;
      this.#set({ feed: feeds.applySnapshot(this.#inbox.feed, page), loadError: null });
      return { last_seq: page.head_seq, epoch: page.epoch };
    } catch (error) {
      this.#set({ loadError: this.#failed(error) });
      throw error;
    }
  }

  #onFrame(frame: FeedFrame): boolean {
    const [feed, outcome] = feeds.applyFrame(this.#inbox.feed, frame);
    if (outcome === "gap") return false;
    if (outcome === "repeated") return true;
    this.#set(frame.type === "alert" ? { feed, announced: frame.alert } : { feed });
    if (frame.type === "state") this.#stateChanged(frame);
    else if ("alert" in frame) this.#changed(frame.alert.alert_id);
    return true;
  }

  #stateChanged({ kind, alert_id: id }: StateFrame): void {
    this.#changed(id);
    if (this.#inbox.feed.alerts.has(id) || (kind !== "returned" && kind !== "escalated")) return;
    // It was never on this page, or too long ago. Should reading fail, it is in the history all the same.
    api.readAlert(id).then((alert) => this.#setFeed(feeds.bring(this.#inbox.feed, alert)), () => undefined);
  }

  #changed(id: string): void {
    const { changes } = this.#inbox;
    this.#set({ changes: new Map(changes).set(id, (changes.get(id) ?? 0) + 1) });
  }

  #failed(error: unknown): string {
    if (error instanceof Problem && error.status === 401) this.#onExpired();
    return error instanceof Error ? error.message : String(error);
  }

  #tell(text: string, undo: (() => void) | null = null): void {
    this.#set({ notice: { text, undo } });
  }

  #setActionError(id: string, message: string | null): void {
    const actionErrors = new Map(this.#inbox.actionErrors);
    if (message === null) actionErrors.delete(id);
    else actionErrors.set(id, message);
    this.#set({ actionErrors });
  }

  #setFeed(feed: feeds.Feed): void {
    if (feed !== this.#inbox.feed) this.#set({ feed });
  }

  #set(change: Partial<Inbox>): void {
    this.#inbox = { ...this.#inbox, ...change };
    for (const listener of this.#listeners) listener();
  }
}
