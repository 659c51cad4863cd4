import assert from "node:assert/strict";
import { test } from "node:test";

import { notificationText } from "../src/notify.ts";

test("a notification says how grave and nothing else", () => {
  assert.equal(notificationText("critical"), "A critical alert is waiting.");
});
