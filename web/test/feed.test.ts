import assert from "node:assert/strict";
import { test } from "node:test";

import {
  appendOlder, applyFrame, applySnapshot, bring, countUnread, emptyFeed, type Feed, openIds, remember, setHolding,
} from "../src/feed.ts";
import type { Alert, AlertFrame, FeedFrame, StateFrame } from "../src/types.ts";

const alert = (id: string, change: Partial<Alert> = {}): Alert =>
  ({
    alert_id: id, revision: 1, status: "active", state: "new", snoozed_until: null, muted: false, headline: id, ...change,
  }) as Alert;
const frame = (seq: number, it: Alert, type: AlertFrame["type"] = "alert"): FeedFrame => ({ type, seq, alert: it });
const stateFrame = (seq: number, id: string, kind: StateFrame["kind"], fields: Partial<StateFrame>): FeedFrame =>
  ({
    type: "state", seq, kind, alert_id: id, state: "new", by: "rm", at: "2026-11-23T10:00:00Z",
    snoozed_until: null, dismissal_reason: null, escalated_to: null, ...fields,
  });
const snapshot = (ids: string[], head_seq: number): Feed =>
  applySnapshot(emptyFeed, { items: ids.map((id) => alert(id)), next: null, epoch: "e", head_seq });

function play(feed: Feed, ...frames: FeedFrame[]): Feed {
  return frames.reduce((state, each) => applyFrame(state, each)[0], feed);
}

test("frames after the snapshot go on top, each once", () => {
  const feed = play(snapshot(["a"], 4), frame(5, alert("b")), frame(5, alert("b")), frame(6, alert("c")));
  assert.deepEqual(feed.order, ["c", "b", "a"]);
  assert.equal(feed.lastSeq, 6);
});

test("a frame that the snapshot already holds is a repetition", () => {
  const [feed, outcome] = applyFrame(snapshot(["b", "a"], 5), frame(5, alert("b")));
  assert.equal(outcome, "repeated");
  assert.deepEqual(feed.order, ["b", "a"]);
});

test("a skipped number is a gap and changes nothing", () => {
  const before = snapshot(["a"], 4);
  const [feed, outcome] = applyFrame(before, frame(6, alert("c")));
  assert.equal(outcome, "gap");
  assert.equal(feed, before);
});

test("an update changes the alert in its place", () => {
  const changed = alert("a", { revision: 2, status: "corrected", headline: "right" });
  const feed = play(snapshot(["b", "a"], 2), frame(3, changed, "alert.updated"));
  assert.deepEqual(feed.order, ["b", "a"]);
  assert.equal(feed.alerts.get("a")?.headline, "right");
  assert.ok(feed.touched.has("a"));
});

test("an older revision never replaces a newer one", () => {
  const loaded = applySnapshot(emptyFeed, { items: [alert("a", { revision: 3 })], next: null, epoch: "e", head_seq: 2 });
  const feed = play(loaded, frame(3, alert("a", { revision: 2 }), "alert.updated"));
  assert.equal(feed.alerts.get("a")?.revision, 3);
  assert.equal(feed.lastSeq, 3);
});

test("a state frame from another tab acknowledges", () => {
  const feed = play(snapshot(["b", "a"], 2), stateFrame(3, "a", "acknowledged", { state: "acknowledged" }));
  assert.equal(feed.alerts.get("a")?.state, "acknowledged");
  assert.equal(feed.alerts.get("a")?.acknowledged_by, "rm");
  assert.equal(countUnread(feed), 1);
});

test("a snoozed alert leaves the inbox and comes back on top", () => {
  const until = "2026-11-23T11:00:00Z";
  const away = play(snapshot(["b", "a"], 2), stateFrame(3, "a", "snoozed", { state: "snoozed", snoozed_until: until }));
  assert.deepEqual([openIds(away), countUnread(away)], [["b"], 1]);
  const back = play(away, stateFrame(4, "a", "returned", {}));
  assert.deepEqual([openIds(back), back.alerts.get("a")?.snoozed_until], [["a", "b"], null]);
  assert.ok(back.touched.has("a"));
});

test("an alert that comes back while the list is held still waits in the pill", () => {
  const away = play(snapshot(["b", "a"], 2), stateFrame(3, "a", "snoozed", { state: "snoozed" }));
  const back = play(setHolding(away, true), stateFrame(4, "a", "returned", {}));
  assert.deepEqual([back.order, back.held], [["b"], ["a"]]);
});

test("dismissing keeps who acknowledged, escalating takes it back", () => {
  const seen = play(snapshot(["a"], 1), stateFrame(2, "a", "acknowledged", { state: "acknowledged" }));
  const dismissed = play(seen, stateFrame(3, "a", "dismissed", { state: "dismissed", dismissal_reason: "duplicate" }));
  assert.equal(dismissed.alerts.get("a")?.acknowledged_by, "rm");
  assert.deepEqual(openIds(dismissed), []);
  const escalated = play(seen, stateFrame(3, "a", "escalated", { state: "escalated", escalated_to: "head" }));
  assert.equal(escalated.alerts.get("a")?.acknowledged_by, null);
  assert.equal(countUnread(escalated), 1);
});

test("a muted alert is known but not in the inbox", () => {
  const feed = applySnapshot(emptyFeed, {
    items: [alert("b", { muted: true }), alert("a")], next: null, epoch: "e", head_seq: 1,
  });
  assert.deepEqual([openIds(feed), countUnread(feed)], [["a"], 1]);
});

test("a remembered alert is kept up to date without being listed, and one brought in comes on top", () => {
  const known = remember(snapshot(["a"], 1), [alert("old")]);
  const changed = play(known, stateFrame(2, "old", "acknowledged", { state: "acknowledged" }));
  assert.equal(changed.alerts.get("old")?.state, "acknowledged");
  assert.deepEqual([openIds(changed), openIds(bring(changed, alert("up")))], [["a"], ["up", "a"]]);
});

test("a frame type from a newer server is counted and shows nothing", () => {
  const [feed, outcome] = applyFrame(snapshot(["a"], 2), { type: "tick", seq: 3 } as unknown as FeedFrame);
  assert.equal(outcome, "applied");
  assert.equal(feed.lastSeq, 3);
});

test("while the list is held still new alerts wait, updates do not", () => {
  const held = setHolding(snapshot(["a"], 1), true);
  const update = alert("a", { revision: 2 });
  const feed = play(held, frame(2, alert("b")), frame(3, alert("c")), frame(4, update, "alert.updated"));
  assert.deepEqual([feed.order, feed.held], [["a"], ["c", "b"]]);
  assert.equal(feed.alerts.get("a")?.revision, 2);
  assert.deepEqual(setHolding(feed, false).order, ["c", "b", "a"]);
});

test("a snapshot read while the list is held still adds nothing above the reader", () => {
  const feed = applySnapshot(setHolding(snapshot(["a"], 1), true), {
    items: [alert("b"), alert("a")], next: null, epoch: "e", head_seq: 2,
  });
  assert.deepEqual([feed.order, feed.held], [["a"], ["b"]]);
});

test("an older page goes below without doubles", () => {
  const feed = appendOlder(snapshot(["c", "b"], 3), { items: [alert("b"), alert("a")], next: "x", epoch: "e", head_seq: 3 });
  assert.deepEqual(feed.order, ["c", "b", "a"]);
  assert.equal(feed.next, "x");
});

test("a retracted alert asks for no acknowledgement", () => {
  const feed = play(snapshot(["a"], 1), frame(2, alert("a", { revision: 2, status: "retracted" }), "alert.retracted"));
  assert.equal(countUnread(feed), 0);
});
