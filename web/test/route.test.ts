import assert from "node:assert/strict";
import { test } from "node:test";

import { alertHref, bookHref, isFiltered, isOpened, noFilter, parseRoute, reviewHref, WHOLE_BOOK_HREF } from "../src/route.ts";

const CLIENT = "A/B 100 %";

test("every address that is written is read back", () => {
  const filter = { ...noFilter, q: "wind & sun?", severity: "critical" };
  assert.deepEqual(parseRoute(alertHref("a1", filter)), { page: "inbox", alertId: "a1", filter });
  assert.deepEqual(parseRoute(alertHref(null, filter)), { page: "inbox", alertId: null, filter });
  assert.deepEqual(parseRoute(bookHref(CLIENT)), { page: "book", clientId: CLIENT, whole: false });
  assert.deepEqual(parseRoute(bookHref()), { page: "book", clientId: null, whole: false });
  assert.deepEqual(parseRoute(WHOLE_BOOK_HREF), { page: "book", clientId: null, whole: true });
  assert.deepEqual(parseRoute(reviewHref("c1")), { page: "review", candidateId: "c1" });
});

test("what is not known opens the inbox without a search", () => {
  for (const hash of ["", "#", "#/", "#/nowhere/at all", "#/?colour=red"]) {
    assert.deepEqual(parseRoute(hash), { page: "inbox", alertId: null, filter: noFilter });
  }
  assert.equal(isFiltered(noFilter), false);
});

test("an address that is not well coded opens nothing and breaks nothing", () => {
  assert.deepEqual(parseRoute("#/book/%E0%A4%A"), { page: "book", clientId: "%E0%A4%A", whole: false });
});

test("on a phone what is opened takes the place of the list", () => {
  const opened = [alertHref("a1"), bookHref(CLIENT), WHOLE_BOOK_HREF, reviewHref("c1")];
  const lists = [alertHref(null), bookHref(), reviewHref(), "#/settings"];
  assert.deepEqual([...opened, ...lists].map((href) => isOpened(parseRoute(href))), [...opened.map(() => true), ...lists.map(() => false)]);
});
