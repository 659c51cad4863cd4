import assert from "node:assert/strict";
import { test } from "node:test";

import { amount, change, clientCount, direction, expectedDay, gravest, type Light, share } from "../src/portfolio.ts";

const digits = (text: string): string => text.replace(/[^0-9-]/g, "");

test("an amount keeps every digit, beyond what a binary float holds", () => {
  assert.equal(digits(amount("123456789012345678.91")), "12345678901234567891");
});

test("a change carries its sign, and nothing is neither gain nor loss", () => {
  assert.ok(change("12.5").startsWith("+"));
  assert.deepEqual(["0.01", "-0.01", "0.00", "-0.00"].map(direction), ["gain", "loss", "flat", "flat"]);
});

test("a share is shown in percent", () => {
  assert.equal(digits(share("0.1234000000")), "1234");
});

test("the newest day to expect is the last weekday before today", () => {
  const tuesday = new Date(2026, 10, 24, 8);
  const monday = new Date(2026, 10, 23, 8);
  const sunday = new Date(2026, 10, 22, 23);
  assert.deepEqual([tuesday, monday, sunday].map(expectedDay), ["2026-11-23", "2026-11-20", "2026-11-20"]);
});

test("the gravest light comes first, what is not known before what is green", () => {
  const lights = (["green", "unknown", "amber", "red", "amber"] as const).map(
    (level, at): Light => ({ rule: `rule ${at}`, title: "", level, reason: "" }),
  );
  assert.deepEqual(gravest(lights).map((light) => light.rule), ["rule 3", "rule 2", "rule 4", "rule 1", "rule 0"]);
});

test("one client is not one clients", () => {
  assert.deepEqual([0, 1, 2].map(clientCount), ["0 clients", "1 client", "2 clients"]);
});
