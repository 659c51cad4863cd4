// The REST calls of the page, by what they do.

import { BASE, call, query, type Reply, request } from "./http.ts";
import type { Book, BookHealth, Health, PositionPage } from "./portfolio.ts";
import type { Filter } from "./route.ts";
import { momentOf } from "./time.ts";
import type { Alert, AlertPage, AlertRecord, DismissalReason, FeedbackReason, Me } from "./types.ts";
import type {
  Candidate, ClientProfile, ClientSummary, Colleague, Cover, Decided, Items, Listed, LogInMethods, Mute,
  NewCover, NewDecision, NewMute, Page, Preferences,
} from "./workspace.ts";

const PAGE_LIMIT = 100;
const MOST = 200;

export const logIn = (rmId: string, password: string): Promise<void> =>
  call("POST", "/session", { body: { rm_id: rmId, password } });
export const readLogInMethods = (): Promise<LogInMethods> => call("GET", "/log-in-methods");
export const logOut = (): Promise<void> => call("DELETE", "/session");
export const readMe = (): Promise<Me> => call("GET", "/me");

export const readPreferences = (): Promise<Reply<Preferences>> => request("GET", "/me/preferences");

/** Write preferences over the version that `etag` names; `Problem` 412 when another tab was quicker. */
export const writePreferences = (preferences: Preferences, etag: string): Promise<Reply<Preferences>> =>
  request("PUT", "/me/preferences", { body: preferences, headers: { "If-Match": etag } });

/** Read a page of own clients' alerts, newest first; without a cursor the newest page. */
export const readAlerts = (cursor: string | null = null): Promise<AlertPage> =>
  call("GET", `/alerts${query({ limit: PAGE_LIMIT, cursor })}`);

/** Search the history of own clients' alerts, newest first. */
export const searchAlerts = (
  filter: Partial<Filter>, zone: string | null, cursor: string | null = null, limit = PAGE_LIMIT,
): Promise<Page<Alert>> => call("GET", `/alerts${query({ ...criteria(filter, zone), limit, cursor })}`);

/** The address of the same search as a CSV file. */
export const exportUrl = (filter: Filter, zone: string | null): string =>
  `${BASE}/alerts.csv${query(criteria(filter, zone))}`;

export const readAlert = (id: string): Promise<AlertRecord> => call("GET", alertPath(id));
export const acknowledge = (id: string): Promise<Alert> => call("PUT", alertPath(id, "acknowledgement"));
export const snooze = (id: string, until: string): Promise<Alert> =>
  call("PUT", alertPath(id, "snooze"), { body: { until } });
export const wake = (id: string): Promise<Alert> => call("DELETE", alertPath(id, "snooze"));
export const dismiss = (id: string, reason: DismissalReason, note: string): Promise<Alert> =>
  call("PUT", alertPath(id, "dismissal"), { body: { reason, note } });
export const restore = (id: string): Promise<Alert> => call("DELETE", alertPath(id, "dismissal"));
export const escalate = (id: string, note: string): Promise<Alert> =>
  call("PUT", alertPath(id, "escalation"), { body: { note } });

/** Say whether an alert was useful; `key` makes a repeated sending count once. */
export const giveFeedback = (
  id: string, useful: boolean, reason: FeedbackReason | null, note: string, key: string,
): Promise<void> =>
  call("POST", alertPath(id, "feedback"), { body: { useful, reason, note }, headers: { "Idempotency-Key": key } });

/** Read own clients with their newest figures; without a cursor the first page. */
export const readBook = (cursor: string | null = null): Promise<Book> => call("GET", `/book${query({ cursor })}`);
export const readBookHealth = (): Promise<BookHealth> => call("GET", "/book/health");
export const readHealth = (clientId: string): Promise<Health> => call("GET", `${clientPath(clientId)}/health`);

/** Read a client's positions of a day, largest first; without a cursor the first page. */
export const readPositions = (clientId: string, date: string, cursor: string | null = null): Promise<PositionPage> =>
  call("GET", `${clientPath(clientId)}/positions${query(cursor === null ? { date } : { cursor })}`);

export const readClients = (): Promise<Page<ClientSummary>> => call("GET", `/clients${query({ limit: MOST })}`);
export const readClient = (clientId: string): Promise<ClientProfile> => call("GET", clientPath(clientId));

export const readMutes = (): Promise<Items<Mute>> => call("GET", "/mutes");
export const addMute = (mute: NewMute): Promise<Mute> => call("POST", "/mutes", { body: mute });
export const removeMute = (id: string): Promise<void> => call("DELETE", `/mutes/${encodeURIComponent(id)}`);

export const readCover = (): Promise<Items<Cover>> => call("GET", "/coverage");
export const readDeputies = (): Promise<Items<Colleague>> => call("GET", "/coverage/deputies");
export const addCover = (cover: NewCover): Promise<Cover> => call("POST", "/coverage", { body: cover });
export const removeCover = (id: string): Promise<void> => call("DELETE", `/coverage/${encodeURIComponent(id)}`);

export const readCandidates = (cursor: string | null = null): Promise<Page<Candidate>> =>
  call("GET", `/review-candidates${query({ cursor })}`);
export const decide = (id: string, decision: NewDecision): Promise<Decided> =>
  call("POST", `/review-candidates/${encodeURIComponent(id)}/decision`, { body: decision });

export const readMarketList = (): Promise<Items<Listed>> => call("GET", "/market-list");

/** Return the address of the live stream on the page's own origin. */
export const streamUrl = (): string => `${location.origin.replace(/^http/, "ws")}${BASE}/stream`;

const alertPath = (id: string, part?: string): string =>
  `/alerts/${encodeURIComponent(id)}${part === undefined ? "" : `/${part}`}`;
const clientPath = (id: string): string => `/clients/${encodeURIComponent(id)}`;

/** A filter as the API wants it: days of the reader's zone become moments, the last day included. */
function criteria({ from, to, ...rest }: Partial<Filter>, zone: string | null): Record<string, string | undefined> {
  return {
    ...rest,
    from: from ? momentOf(`${from}T00:00`, zone) : undefined,
    to: to ? momentOf(`${dayAfter(to)}T00:00`, zone) : undefined,
  };
}

const dayAfter = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
