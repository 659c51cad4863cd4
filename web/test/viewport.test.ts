import assert from "node:assert/strict";
import { test } from "node:test";

import { scrollToShow, visibleSpan } from "../src/viewport.ts";

const ROW = 100;
const WINDOW = 700;

test("every row in sight is drawn, wherever the list is scrolled to", () => {
  for (let scrolled = 0; scrolled <= 1000 * ROW - WINDOW; scrolled += 137) {
    const { first, last } = visibleSpan(scrolled, WINDOW, ROW, 1000);
    assert.ok(first * ROW <= scrolled && last * ROW >= scrolled + WINDOW, `at ${scrolled}`);
    assert.ok(last - first <= 40, "no more is drawn than a few windows hold");
  }
});

test("a short list is drawn whole and an empty one not at all", () => {
  assert.deepEqual(visibleSpan(0, WINDOW, ROW, 5), { first: 0, last: 5 });
  assert.deepEqual(visibleSpan(500, WINDOW, ROW, 0), { first: 0, last: 0 });
});

test("scrolling to a row moves as little as possible", () => {
  assert.equal(scrollToShow(3, 200, WINDOW, ROW, 0), 200);
  assert.equal(scrollToShow(1, 200, WINDOW, ROW, 0), 100);
  assert.equal(scrollToShow(20, 200, WINDOW, ROW, 0), 1400);
});
