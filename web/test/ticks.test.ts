import assert from "node:assert/strict";
import { test } from "node:test";

import { fold, TickBoard } from "../src/ticks.ts";
import type { Tick } from "../src/types.ts";

const tick = (instrument: string, price: string, second: number): Tick => ({
  instrument, price, ccy: "CHF", ts: `2026-11-23T10:00:0${second}Z`, seq: second,
});

test("a quote says which way the price moved, and an older tick changes nothing", () => {
  const quotes = fold(fold(new Map(), [tick("A", "10", 1)]), [tick("A", "9.5", 2), tick("A", "11", 1)]);
  assert.deepEqual([quotes.get("A")?.tick.price, quotes.get("A")?.moved], ["9.5", "down"]);
});

test("what several watch is followed once, and no longer when nobody does", () => {
  const followed: (readonly string[])[] = [];
  const board = new TickBoard((instruments) => followed.push(instruments));
  const leave = board.watch(["A", "B"]);
  board.watch(["B", "C"]);
  leave();
  assert.deepEqual(followed, [["A", "B"], ["A", "B", "C"], ["B", "C"]]);
});
