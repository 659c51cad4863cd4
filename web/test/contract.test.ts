import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import * as api from "../src/api.ts";
import { noFilter } from "../src/route.ts";
import { defaultPreferences } from "../src/workspace.ts";

const NEVER_ANSWERED = new Promise<never>(() => undefined);
const contract = JSON.parse(readFileSync(new URL("../../contracts/openapi/api.json", import.meta.url), "utf8")) as {
  paths: Record<string, Record<string, { parameters?: { name: string; in: string }[] }>>;
};

/** What the page would send: method, path and the names of the query's parameters. */
function sent(ask: () => unknown): { method: string; path: string; query: string[] } {
  let seen: { method: string; path: string; query: string[] } | undefined;
  globalThis.fetch = ((address: string, init: RequestInit) => {
    const { pathname, searchParams } = new URL(address, "http://page");
    seen = { method: String(init.method).toLowerCase(), path: pathname, query: [...searchParams.keys()] };
    return NEVER_ANSWERED;
  }) as typeof fetch;
  ask();
  assert.ok(seen !== undefined, "nothing was sent");
  return seen;
}

const ALL = { ...noFilter, q: "q", severity: "info", state: "new", topic: "ipo", client: "c", from: "2026-11-01", to: "2026-11-02" };
const ASKED: Record<string, () => unknown> = {
  logIn: () => api.logIn("rm", "secret"),
  readLogInMethods: () => api.readLogInMethods(),
  logOut: () => api.logOut(),
  readMe: () => api.readMe(),
  readPreferences: () => api.readPreferences(),
  writePreferences: () => api.writePreferences(defaultPreferences, '"1"'),
  readAlerts: () => api.readAlerts("x"),
  searchAlerts: () => api.searchAlerts(ALL, "UTC", "x"),
  readAlert: () => api.readAlert("a"),
  acknowledge: () => api.acknowledge("a"),
  snooze: () => api.snooze("a", "2026-11-24T08:00:00Z"),
  wake: () => api.wake("a"),
  dismiss: () => api.dismiss("a", "duplicate", ""),
  restore: () => api.restore("a"),
  escalate: () => api.escalate("a", ""),
  giveFeedback: () => api.giveFeedback("a", true, null, "", "key"),
  readBook: () => api.readBook("x"),
  readBookHealth: () => api.readBookHealth(),
  readHealth: () => api.readHealth("c"),
  readPositions: () => api.readPositions("c", "2026-11-20"),
  readClients: () => api.readClients(),
  readClient: () => api.readClient("c"),
  readMutes: () => api.readMutes(),
  addMute: () => api.addMute({ client_id: "c", topic: null, until: null, reason: "" }),
  removeMute: () => api.removeMute("m"),
  readCover: () => api.readCover(),
  readDeputies: () => api.readDeputies(),
  addCover: () => api.addCover({ client_id: null, deputy: "d", from: "2026-11-24T08:00:00Z", to: "2026-11-25T08:00:00Z" }),
  removeCover: () => api.removeCover("k"),
  readCandidates: () => api.readCandidates("x"),
  decide: () => api.decide("r", { decision: "accept", note: "", name: null, context: null }),
  readMarketList: () => api.readMarketList(),
};

for (const [name, ask] of Object.entries(ASKED)) {
  test(`${name} calls what the contract has`, () => {
    const { method, path, query } = sent(ask);
    const shape = (pattern: string): RegExp => new RegExp(`^${pattern.replaceAll(/\{[^}]+\}/g, "[^/]+")}$`);
    const [, operations] = Object.entries(contract.paths)
      // A fixed part names its path better than a parameter does.
      .sort(([a], [b]) => a.split("{").length - b.split("{").length)
      .find(([pattern]) => shape(pattern).test(path)) ?? [];
    const operation = operations?.[method];
    assert.ok(operation !== undefined, `${method} ${path} is not in the contract`);
    const known = (operation.parameters ?? []).filter((one) => one.in === "query").map((one) => one.name);
    assert.deepEqual(query.filter((one) => !known.includes(one)), []);
  });
}

test("every call is held against the contract", () => {
  const functions = Object.entries(api).filter(([, value]) => typeof value === "function").map(([name]) => name);
  assert.deepEqual(functions.filter((name) => !(name in ASKED)).sort(), ["exportUrl", "streamUrl"]);
});
