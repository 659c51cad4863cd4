// One WebSocket that stays up: hello, subscribe from the last number, heartbeats, back-off with jitter.

import type { FeedFrame, Hello, Tick } from "./types.ts";

const SUBPROTOCOL = "alerts.v1+json";
const BACKOFF_FIRST_MS = 500;
const BACKOFF_MAX_MS = 30_000;
const HELLO_WITHIN_MS = 10_000;
const ACK_AFTER_MS = 250;

const CLOSE_EXPIRED = 4401;
const CLOSE_RESYNC = 4409;

export type Link =
  | { readonly phase: "connecting" }
  | { readonly phase: "live" }
  | { readonly phase: "down"; readonly since: number; readonly retryAt: number };

/** A place in the feed: the last number applied, and the epoch that it belongs to. */
export interface Place {
  readonly last_seq: number;
  readonly epoch: string;
}

/** What the connection asks of its owner. */
export interface Listener {
  /** Return where to resume, reading a new snapshot first when `hello` or `mustResync` asks for one. */
  readonly resumeFrom: (hello: Hello, mustResync: boolean) => Promise<Place>;
  /** Apply a frame; false when a number was skipped. */
  readonly onFrame: (frame: FeedFrame) => boolean;
  readonly onTicks: (ticks: readonly Tick[]) => void;
  readonly onLink: (link: Link) => void;
  /** The session is over: log in again. */
  readonly onExpired: () => void;
}

interface Message {
  readonly type: string;
  readonly seq?: number;
  readonly reconnect_after_ms?: number;
  readonly items?: readonly Tick[];
}

/** The parts of the browser that a test replaces. */
export interface Host {
  readonly open: (url: string, protocol: string) => WebSocket;
  readonly now: () => number;
  readonly random: () => number;
  readonly later: (run: () => void, delayMs: number) => number;
  readonly cancel: (timer: number) => void;
}

/** Milliseconds to wait before try number `attempt` (from 0): 0.5 s doubling to 30 s, the upper half at random. */
export function backoffMs(attempt: number, random: number): number {
  const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(attempt, 10));
  return ceiling * (0.5 + random / 2);
}

export class Connection {
  readonly #url: string;
  readonly #host: Host;
  readonly #listener: Listener;
  #socket: WebSocket | null = null;
  #hello: Hello | null = null;
  #attempt = 0;
  #lastHeard: number;
  #mustResync = false;
  #subscribed = false;
  #reconnectAfterMs: number | null = null;
  #link: Link = { phase: "connecting" };
  #retryTimer: number | undefined;
  #silenceTimer: number | undefined;
  #ackTimer: number | undefined;
  #ackSeq = 0;
  #watched: readonly string[] = [];

  constructor(url: string, host: Host, listener: Listener) {
    this.#url = url;
    this.#host = host;
    this.#listener = listener;
    this.#lastHeard = host.now();
  }

  /** Connect now, unless a connection is already live or under way. */
  connect(): void {
    if (this.#socket !== null) return;
    this.#cancel(this.#retryTimer);
    const socket = this.#host.open(this.#url, SUBPROTOCOL);
    this.#socket = socket;
    socket.onmessage = (event: MessageEvent<string>) => this.#receive(socket, event.data);
    socket.onclose = (event: CloseEvent) => this.#closed(event.code);
    this.#armSilence(HELLO_WITHIN_MS, () => this.drop());
  }

  /** Give the connection up and try again after a back-off. */
  drop(): void {
    this.#detach();
    const delay = this.#reconnectAfterMs ?? backoffMs(this.#attempt, this.#host.random());
    this.#attempt += 1;
    this.#reconnectAfterMs = null;
    this.#cancel(this.#retryTimer);
    this.#retryTimer = this.#host.later(() => this.connect(), delay);
    const since = this.#link.phase === "down" ? this.#link.since : this.#lastHeard;
    this.#setLink({ phase: "down", since, retryAt: this.#host.now() + delay });
  }

  /** Close for good: no more tries. */
  stop(): void {
    this.#detach();
    this.#cancel(this.#retryTimer);
  }

  /** Ask for live prices of these instruments, now and after every reconnect, and of no others any more. */
  watch(instruments: readonly string[]): void {
    const before = this.#watched;
    this.#watched = instruments;
    if (!this.#subscribed) return;
    this.#sendTopics("unsubscribe", before.filter((instrument) => !instruments.includes(instrument)));
    this.#sendTopics("subscribe", instruments.filter((instrument) => !before.includes(instrument)));
  }

  #receive(socket: WebSocket, data: string): void {
    this.#lastHeard = this.#host.now();
    if (this.#hello !== null) this.#expectHeartbeat(this.#hello.heartbeat_s * 1000);
    const message = JSON.parse(data) as Message;
    switch (message.type) {
      case "hello":
        this.#hello = message as unknown as Hello;
        this.#expectHeartbeat(this.#hello.heartbeat_s * 1000);
        void this.#subscribe(socket);
        break;
      case "ping":
        this.#send({ type: "pong" });
        break;
      case "resync":
      case "entitlements.changed":
        this.#mustResync = true;
        void this.#subscribe(socket);
        break;
      case "ticks":
        this.#listener.onTicks(message.items ?? []);
        break;
      case "bye":
        this.#reconnectAfterMs = message.reconnect_after_ms ?? null;
        break;
      default:
        if (message.seq !== undefined) this.#deliver(message as unknown as FeedFrame);
    }
  }

  #deliver(frame: FeedFrame): void {
    // What comes while a snapshot is read is sent again from the snapshot's number on.
    if (!this.#subscribed) return;
    if (!this.#listener.onFrame(frame)) {
      this.#mustResync = true;
      this.drop();
      return;
    }
    this.#ackSeq = frame.seq;
    this.#ackTimer ??= this.#host.later(() => {
      this.#ackTimer = undefined;
      this.#send({ type: "ack", seq: this.#ackSeq });
    }, ACK_AFTER_MS);
  }

  async #subscribe(socket: WebSocket): Promise<void> {
    const hello = this.#hello;
    if (hello === null) return;
    this.#subscribed = false;
    try {
      const place = await this.#listener.resumeFrom(hello, this.#mustResync);
      if (socket !== this.#socket) return;
      this.#mustResync = false;
      this.#subscribed = true;
      this.#attempt = 0;
      this.#send({ type: "subscribe", topics: ["alerts"], ...place });
      this.#sendTopics("subscribe", this.#watched);
      this.#setLink({ phase: "live" });
    } catch {
      // The owner shows why the snapshot failed; here it only means that we are not live.
      if (socket === this.#socket) this.drop();
    }
  }

  #closed(code: number): void {
    // Refused for now (too many open tabs, say) is not logged out: that is tried again like any cut.
    if (code === CLOSE_EXPIRED) {
      this.stop();
      this.#listener.onExpired();
      return;
    }
    if (code === CLOSE_RESYNC) this.#mustResync = true;
    this.drop();
  }

  #sendTopics(type: "subscribe" | "unsubscribe", instruments: readonly string[]): void {
    if (instruments.length > 0) this.#send({ type, topics: instruments.map((instrument) => `tick:${instrument}`) });
  }

  // One silent heartbeat: ask. Two: the connection is dead, whatever the browser believes.
  #expectHeartbeat(heartbeatMs: number): void {
    this.#armSilence(heartbeatMs, () => {
      this.#send({ type: "ping" });
      this.#armSilence(heartbeatMs, () => this.drop());
    });
  }

  #armSilence(delayMs: number, run: () => void): void {
    this.#cancel(this.#silenceTimer);
    this.#silenceTimer = this.#host.later(run, delayMs);
  }

  #send(message: object): void {
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(message));
  }

  #detach(): void {
    this.#cancel(this.#silenceTimer);
    this.#cancel(this.#ackTimer);
    this.#ackTimer = undefined;
    this.#hello = null;
    this.#subscribed = false;
    const socket = this.#socket;
    this.#socket = null;
    if (socket === null) return;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }

  #setLink(link: Link): void {
    this.#link = link;
    this.#listener.onLink(link);
  }

  #cancel(timer: number | undefined): void {
    if (timer !== undefined) this.#host.cancel(timer);
  }
}
