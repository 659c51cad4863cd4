import assert from "node:assert/strict";
import { test } from "node:test";

import { highlight, percent, safeUrl } from "../src/text.ts";
import type { Evidence } from "../src/types.ts";

const span = (start: number, end: number, text: string | null = null): Evidence => ({
  kind: "name", detail: "name", contribution: 1, start, end, text,
});
const marked = (text: string, ...evidence: Evidence[]): string =>
  highlight(text, evidence).map((piece) => (piece.note === null ? piece.text : `[${piece.text}]`)).join("");

test("spans count characters, not UTF-16 units", () => {
  assert.equal(marked("📈 Amit Saxena rose", span(2, 13, "Amit Saxena")), "📈 [Amit Saxena] rose");
});

test("a span of another revision, out of range or overlapping is left out", () => {
  assert.equal(marked("Amit Saxena", span(0, 4, "Anil"), span(5, 99)), "Amit Saxena");
  assert.equal(marked("Amit Saxena", span(0, 11), span(5, 11)), "[Amit Saxena]");
});

test("only http and https become links", () => {
  assert.equal(safeUrl("javascript:alert(1)"), null);
  assert.equal(safeUrl("data:text/html,x"), null);
  assert.equal(safeUrl("/relative"), null);
  assert.equal(safeUrl("https://news.example/a"), "https://news.example/a");
});

test("nearly sure is not shown as sure", () => {
  assert.deepEqual([percent(0.9999), percent(1), percent(0.804)], ["99 %", "100 %", "80 %"]);
});
