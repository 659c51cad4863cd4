import assert from "node:assert/strict";
import { test } from "node:test";

import { age, isZone, localOf, momentOf, timesIn, tomorrowMorning } from "../src/time.ts";

test("ages use the largest whole unit", () => {
  const ages = [1_000, 12_000, 240_000, 3 * 3_600_000, 50 * 3_600_000].map((ms) => age(0, ms));
  assert.deepEqual(ages, ["now", "12 s", "4 min", "3 h", "2 d"]);
});

test("times show in the reader's zone, and in the browser's where the zone is not known", () => {
  const noon = Date.parse("2026-11-23T12:00:00Z");
  assert.equal(timesIn("Asia/Kolkata").clock(noon), "17:30");
  assert.equal(timesIn("Mars/Olympus").clock(noon), timesIn(null).clock(noon));
  assert.deepEqual([isZone("Europe/Zurich"), isZone("Mars/Olympus")], [true, false]);
});

test("a local time names the moment at which clocks of the zone show it", () => {
  assert.equal(momentOf("2026-11-23T08:00", "Asia/Kolkata"), "2026-11-23T02:30:00.000Z");
  assert.equal(localOf(Date.parse("2026-11-23T02:30:00Z"), "Asia/Kolkata"), "2026-11-23T08:00");
});

test("summer time is taken into account on both sides of the change", () => {
  assert.equal(momentOf("2026-03-29T01:30", "Europe/Zurich"), "2026-03-29T00:30:00.000Z");
  assert.equal(momentOf("2026-03-29T03:30", "Europe/Zurich"), "2026-03-29T01:30:00.000Z");
});

test("tomorrow is the next morning there, not here", () => {
  const evening = Date.parse("2026-11-23T20:00:00Z");
  assert.equal(tomorrowMorning(evening, "Asia/Kolkata"), "2026-11-25T02:30:00.000Z");
  assert.equal(tomorrowMorning(evening, "UTC"), "2026-11-24T08:00:00.000Z");
});
