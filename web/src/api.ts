// The REST calls of the page. Errors arrive as `Problem`, made from RFC 9457 bodies.

import type { Book, Health, PositionPage } from "./portfolio.ts";
import type { Alert, AlertPage, Me } from "./types.ts";

const BASE = "/api/v1";
const PAGE_LIMIT = 100;
const TIMEOUT_MS = 10_000;

/** What went wrong, in a sentence for the reader; `status` 0 means that no answer came. */
export class Problem extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export const logIn = (rmId: string, password: string): Promise<void> =>
  call("POST", "/session", { rm_id: rmId, password });
export const logOut = (): Promise<void> => call("DELETE", "/session");
export const readMe = (): Promise<Me> => call("GET", "/me");
export const readAlert = (id: string): Promise<Alert> => call("GET", `/alerts/${encodeURIComponent(id)}`);
export const acknowledge = (id: string): Promise<void> =>
  call("PUT", `/alerts/${encodeURIComponent(id)}/acknowledgement`);

/** Read a page of own clients' alerts, newest first; without a cursor the newest page. */
export function readAlerts(cursor: string | null = null): Promise<AlertPage> {
  const query = new URLSearchParams({ limit: String(PAGE_LIMIT) });
  if (cursor !== null) query.set("cursor", cursor);
  return call("GET", `/alerts?${query}`);
}

/** Read own clients with their newest figures; without a cursor the first page. */
export const readBook = (cursor: string | null = null): Promise<Book> =>
  call("GET", cursor === null ? "/book" : `/book?${new URLSearchParams({ cursor })}`);
export const readHealth = (clientId: string): Promise<Health> =>
  call("GET", `/clients/${encodeURIComponent(clientId)}/health`);

/** Read a client's positions of a day, largest first; without a cursor the first page. */
export function readPositions(clientId: string, day: string, cursor: string | null = null): Promise<PositionPage> {
  const query = new URLSearchParams(cursor === null ? { date: day } : { cursor });
  return call("GET", `/clients/${encodeURIComponent(clientId)}/positions?${query}`);
}

/** Return the address of the live stream on the page's own origin. */
export function streamUrl(): string {
  return `${location.origin.replace(/^http/, "ws")}${BASE}/stream`;
}

async function call<T>(method: string, path: string, body?: object): Promise<T> {
  // The header cannot be set across origins without leave: with it a cookie alone is not enough to act.
  const headers: Record<string, string> = { Accept: "application/json", "X-Requested-With": "tipline" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let response: Response;
  try {
    response = await fetch(BASE + path, {
      method,
      headers,
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new Problem(0, "The server does not answer.");
  }
  const text = await response.text();
  if (!response.ok) throw new Problem(response.status, explain(response.status, text));
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

function explain(status: number, text: string): string {
  try {
    const problem = JSON.parse(text) as { detail?: string; title?: string };
    return problem.detail ?? problem.title ?? `The server answered ${status}.`;
  } catch {
    return `The server answered ${status}.`;
  }
}
