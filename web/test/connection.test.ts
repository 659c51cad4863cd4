import assert from "node:assert/strict";
import { test } from "node:test";

import { backoffMs, Connection, type Host, type Link } from "../src/connection.ts";
import type { FeedFrame, Hello, Tick } from "../src/types.ts";

/** A server at the other end: remembers what it was sent, and speaks when told. */
class FakeSocket {
  readyState = 1;
  readonly sent: { type: string; last_seq?: number; topics?: string[] }[] = [];
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.readyState = 3;
  }

  says(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

/** A browser whose time passes only by `pass`, and a page that remembers what it was told. */
class Bench {
  readonly sockets: FakeSocket[] = [];
  readonly links: Link[] = [];
  readonly frames: number[] = [];
  readonly resumes: boolean[] = [];
  readonly ticks: string[] = [];
  lastSeq = 7;
  expired = false;
  accept = true;
  #now = 0;
  #timers = new Map<number, { at: number; run: () => void }>();
  #ids = 0;
  readonly connection: Connection;

  constructor() {
    const host: Host = {
      open: () => {
        this.sockets.push(new FakeSocket());
        return this.socket as unknown as WebSocket;
      },
      now: () => this.#now,
      random: () => 1,
      later: (run, delayMs) => {
        this.#timers.set(++this.#ids, { at: this.#now + delayMs, run });
        return this.#ids;
      },
      cancel: (timer) => void this.#timers.delete(timer),
    };
    this.connection = new Connection("ws://test", host, {
      resumeFrom: async (_hello: Hello, mustResync: boolean) => {
        this.resumes.push(mustResync);
        return { last_seq: this.lastSeq, epoch: "e" };
      },
      onFrame: (frame: FeedFrame) => {
        this.frames.push(frame.seq);
        return this.accept;
      },
      onTicks: (ticks: readonly Tick[]) => this.ticks.push(...ticks.map((tick) => tick.instrument)),
      onLink: (link) => this.links.push(link),
      onExpired: () => {
        this.expired = true;
      },
    });
  }

  get socket(): FakeSocket {
    return this.sockets.at(-1) as FakeSocket;
  }

  async goLive(): Promise<void> {
    this.socket.says({ type: "hello", heartbeat_s: 15, epoch: "e" });
    await settled();
  }

  pass(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const due = [...this.#timers].filter(([, timer]) => timer.at <= until).sort((a, b) => a[1].at - b[1].at)[0];
      if (due === undefined) break;
      this.#timers.delete(due[0]);
      this.#now = due[1].at;
      due[1].run();
    }
    this.#now = until;
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function liveBench(): Promise<Bench> {
  const bench = new Bench();
  bench.connection.connect();
  await bench.goLive();
  return bench;
}

test("subscribes from the last number after hello and is live", async () => {
  const bench = await liveBench();
  assert.deepEqual(bench.socket.sent, [{ type: "subscribe", topics: ["alerts"], last_seq: 7, epoch: "e" }]);
  assert.equal(bench.links.at(-1)?.phase, "live");
});

test("a cut reconnects after the back-off and resumes from where it was", async () => {
  const bench = await liveBench();
  bench.socket.onclose?.({ code: 1006 });
  assert.equal(bench.links.at(-1)?.phase, "down");
  bench.lastSeq = 9;
  bench.pass(500);
  assert.equal(bench.sockets.length, 2);
  await bench.goLive();
  assert.equal(bench.socket.sent[0]?.last_seq, 9);
  assert.deepEqual(bench.resumes, [false, false]);
});

test("says since when it is not live, however many tries fail", async () => {
  const bench = await liveBench();
  bench.pass(1000);
  bench.socket.onclose?.({ code: 1006 });
  bench.pass(500);
  bench.socket.onclose?.({ code: 1006 });
  const link = bench.links.at(-1);
  assert.deepEqual(link, { phase: "down", since: 0, retryAt: 2500 });
});

test("one silent heartbeat asks, two reconnect", async () => {
  const bench = await liveBench();
  bench.pass(15_000);
  assert.equal(bench.socket.sent.at(-1)?.type, "ping");
  bench.pass(15_000);
  assert.equal(bench.links.at(-1)?.phase, "down");
});

test("anything heard keeps the connection", async () => {
  const bench = await liveBench();
  for (let beat = 0; beat < 5; beat += 1) {
    bench.pass(14_000);
    bench.socket.says({ type: "ping" });
  }
  assert.equal(bench.links.at(-1)?.phase, "live");
  assert.equal(bench.socket.sent.at(-1)?.type, "pong");
});

test("a skipped number reads the feed anew", async () => {
  const bench = await liveBench();
  bench.accept = false;
  bench.socket.says({ type: "alert", seq: 12 });
  bench.pass(500);
  await bench.goLive();
  assert.deepEqual(bench.resumes, [false, true]);
});

test("resync from the server reads the feed anew on the same connection", async () => {
  const bench = await liveBench();
  bench.socket.says({ type: "resync", reason: "trimmed" });
  bench.socket.says({ type: "alert", seq: 8 });
  await settled();
  assert.deepEqual(bench.resumes, [false, true]);
  assert.deepEqual(bench.frames, []);
  assert.equal(bench.socket.sent.at(-1)?.type, "subscribe");
});

test("close 4409 reads the feed anew after the reconnect", async () => {
  const bench = await liveBench();
  bench.socket.onclose?.({ code: 4409 });
  bench.pass(500);
  await bench.goLive();
  assert.deepEqual(bench.resumes, [false, true]);
});

test("an expired session stops for good", async () => {
  const bench = await liveBench();
  bench.socket.onclose?.({ code: 4401 });
  bench.pass(120_000);
  assert.ok(bench.expired);
  assert.equal(bench.sockets.length, 1);
});

test("bye says when to come back", async () => {
  const bench = await liveBench();
  bench.socket.says({ type: "bye", reason: "drain", reconnect_after_ms: 3000 });
  bench.socket.onclose?.({ code: 1012 });
  bench.pass(2999);
  assert.equal(bench.sockets.length, 1);
  bench.pass(1);
  assert.equal(bench.sockets.length, 2);
});

test("applied frames are acknowledged together, by the last number", async () => {
  const bench = await liveBench();
  bench.socket.says({ type: "alert", seq: 8 });
  bench.socket.says({ type: "alert", seq: 9 });
  bench.pass(250);
  assert.deepEqual(bench.socket.sent.slice(1), [{ type: "ack", seq: 9 }]);
});

test("back-off doubles from half a second to thirty, at least half of it", () => {
  assert.equal(backoffMs(0, 1), 500);
  assert.equal(backoffMs(3, 1), 4000);
  assert.equal(backoffMs(50, 1), 30_000);
  assert.equal(backoffMs(50, 0), 15_000);
});

test("watched instruments are asked for anew after a cut, and only changes are told", async () => {
  const bench = await liveBench();
  bench.connection.watch(["A", "B"]);
  bench.connection.watch(["B", "C"]);
  assert.deepEqual(bench.socket.sent.slice(1).map(({ type, topics }) => [type, topics]), [
    ["subscribe", ["tick:A", "tick:B"]], ["unsubscribe", ["tick:A"]], ["subscribe", ["tick:C"]],
  ]);
  bench.socket.onclose?.({ code: 1006 });
  bench.pass(500);
  await bench.goLive();
  assert.deepEqual(bench.socket.sent.at(-1)?.topics, ["tick:B", "tick:C"]);
});

test("ticks go to the board and are no part of the feed", async () => {
  const bench = await liveBench();
  bench.socket.says({ type: "ticks", items: [{ instrument: "A", price: "1", ccy: "EUR", ts: "", seq: 1 }] });
  assert.deepEqual([bench.ticks, bench.frames], [["A"], []]);
});
