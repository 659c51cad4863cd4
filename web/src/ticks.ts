// The newest tick of each instrument on screen. What comes in between two drawings is skipped: only the newest counts.

import type { Tick } from "./types.ts";

const DRAW_EVERY_MS = 250;

/** A price on screen, and which way it last moved. */
export interface Quote {
  readonly tick: Tick;
  readonly moved: "up" | "down" | "same";
}

export type Quotes = ReadonlyMap<string, Quote>;

/** Fold ticks into quotes: an older tick than the one shown changes nothing. */
export function fold(quotes: Quotes, ticks: Iterable<Tick>): Quotes {
  const next = new Map(quotes);
  for (const tick of ticks) {
    const before = next.get(tick.instrument)?.tick;
    if (before !== undefined && Date.parse(before.ts) > Date.parse(tick.ts)) continue;
    next.set(tick.instrument, { tick, moved: before === undefined ? "same" : direction(before.price, tick.price) });
  }
  return next;
}

/** What the page shows of the market: follows what is on screen, and redraws four times a second at most. */
export class TickBoard {
  #quotes: Quotes = new Map();
  #waiting = new Map<string, Tick>();
  #timer: number | undefined;
  readonly #watchers = new Map<symbol, readonly string[]>();
  readonly #listeners = new Set<() => void>();
  readonly #follow: (instruments: readonly string[]) => void;

  constructor(follow: (instruments: readonly string[]) => void) {
    this.#follow = follow;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): Quotes => this.#quotes;

  /** Follow these instruments, beside those of other watchers, until the returned function is called. */
  watch(instruments: readonly string[]): () => void {
    const watcher = Symbol("watcher");
    this.#watchers.set(watcher, instruments);
    this.#followAll();
    return () => {
      this.#watchers.delete(watcher);
      this.#followAll();
    };
  }

  /** Take ticks in; they show with the next drawing. */
  apply(ticks: readonly Tick[]): void {
    for (const tick of ticks) this.#waiting.set(tick.instrument, tick);
    this.#timer ??= window.setTimeout(() => {
      this.#timer = undefined;
      this.#quotes = fold(this.#quotes, this.#waiting.values());
      this.#waiting.clear();
      this.#draw();
    }, DRAW_EVERY_MS);
  }

  #followAll(): void {
    const wanted = new Set([...this.#watchers.values()].flat());
    this.#quotes = new Map([...this.#quotes].filter(([instrument]) => wanted.has(instrument)));
    this.#follow([...wanted]);
    this.#draw();
  }

  #draw(): void {
    for (const listener of this.#listeners) listener();
  }
}

function direction(before: string, after: string): Quote["moved"] {
  const change = Number(after) - Number(before);
  if (change === 0) return "same";
  return change > 0 ? "up" : "down";
}
