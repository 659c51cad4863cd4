// The inbox of one logged-in RM: joins REST, the live connection and the feed, and tells React what changed.

import * as api from "./api.ts";
import { Connection, type Host, type Link, type Place } from "./connection.ts";
import * as feeds from "./feed.ts";
import type { Alert, FeedFrame, Hello } from "./types.ts";

export interface Inbox {
  readonly feed: feeds.Feed;
  readonly link: Link;
  /** Why the list could not be read, while nothing is shown. */
  readonly loadError: string | null;
  readonly loadingOlder: boolean;
  /** Why an acknowledgement did not go through, by alert id. */
  readonly ackErrors: ReadonlyMap<string, string>;
  /** Newest alert that came over the socket, for screen readers. */
  readonly announced: Alert | null;
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
    ackErrors: new Map(),
    announced: null,
  };
  #epoch: string | null = null;
  #reading: Promise<Place> | null = null;
  readonly #listeners = new Set<() => void>();
  readonly #connection: Connection;
  readonly #onExpired: () => void;
  readonly #rmId: string;

  constructor(rmId: string, onExpired: () => void) {
    this.#rmId = rmId;
    this.#onExpired = onExpired;
    this.#connection = new Connection(api.streamUrl(), browser, {
      resumeFrom: (hello, mustResync) => this.#resumeFrom(hello, mustResync),
      onFrame: (frame) => this.#onFrame(frame),
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

  /** Acknowledge at once on screen, then at the server; undone with the reason when the server refuses. */
  readonly acknowledge = async (id: string): Promise<void> => {
    const before = this.#inbox.feed.alerts.get(id);
    if (before === undefined || before.state === "acknowledged") return;
    this.#setAckError(id, null);
    this.#setFeed(feeds.setState(this.#inbox.feed, id, "acknowledged", this.#rmId, new Date().toISOString()));
    try {
      await api.acknowledge(id);
    } catch (error) {
      this.#setFeed(feeds.setState(this.#inbox.feed, id, before.state, before.acknowledged_by, before.acknowledged_at));
      this.#setAckError(id, this.#failed(error));
    }
  };

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
    if (outcome === "applied") this.#set(frame.type === "alert" ? { feed, announced: frame.alert } : { feed });
    return true;
  }

  #failed(error: unknown): string {
    if (error instanceof api.Problem && error.status === 401) this.#onExpired();
    return error instanceof Error ? error.message : String(error);
  }

  #setAckError(id: string, message: string | null): void {
    const ackErrors = new Map(this.#inbox.ackErrors);
    if (message === null) ackErrors.delete(id);
    else ackErrors.set(id, message);
    this.#set({ ackErrors });
  }

  #setFeed(feed: feeds.Feed): void {
    if (feed !== this.#inbox.feed) this.#set({ feed });
  }

  #set(change: Partial<Inbox>): void {
    this.#inbox = { ...this.#inbox, ...change };
    for (const listener of this.#listeners) listener();
  }
}
