// Addresses within the page: what the part after `#` names, and how it is written. No I/O but for `go`.

/** What a search over the history asks for; the empty text asks for anything. Days are of the reader's zone. */
export interface Filter {
  readonly q: string;
  readonly severity: string;
  readonly state: string;
  readonly topic: string;
  readonly client: string;
  readonly from: string;
  readonly to: string;
}

export type Route =
  | { readonly page: "inbox"; readonly alertId: string | null; readonly filter: Filter }
  | { readonly page: "book"; readonly clientId: string | null; readonly whole: boolean }
  | { readonly page: "review"; readonly candidateId: string | null }
  | { readonly page: "settings" };

export const noFilter: Filter = { q: "", severity: "", state: "", topic: "", client: "", from: "", to: "" };
const FIELDS = Object.keys(noFilter) as (keyof Filter)[];

/** Read an address; what is not known opens the inbox. */
export function parseRoute(hash: string): Route {
  const [path = "", search = ""] = split(hash.replace(/^#\/?/, ""), "?");
  const [page, rest] = split(path, "/");
  const id = rest === "" ? null : decode(rest);
  switch (page) {
    case "book":
      return { page, clientId: id, whole: false };
    case "whole-book":
      return { page: "book", clientId: null, whole: true };
    case "review":
      return { page, candidateId: id };
    case "settings":
      return { page };
    default:
      return { page: "inbox", alertId: page === "alerts" ? id : null, filter: parseFilter(search) };
  }
}

/** The address that opens an alert, or the list with null, keeping the search. */
export const alertHref = (id: string | null, filter: Filter = noFilter): string =>
  (id === null ? "#/" : `#/alerts/${encodeURIComponent(id)}`) + formatFilter(filter);

/** The address that opens a client, or without one the book. */
export const bookHref = (clientId: string | null = null): string =>
  clientId === null ? "#/book" : `#/book/${encodeURIComponent(clientId)}`;

/** The address that opens the book as one portfolio, which a phone shows instead of the list. */
export const WHOLE_BOOK_HREF = "#/whole-book";

/** The address that opens a candidate of the review queue, or the queue. */
export const reviewHref = (id: string | null = null): string =>
  id === null ? "#/review" : `#/review/${encodeURIComponent(id)}`;

/** Whether something is opened beside the list, which a phone shows instead of it. */
export function isOpened(route: Route): boolean {
  switch (route.page) {
    case "inbox":
      return route.alertId !== null;
    case "book":
      return route.clientId !== null || route.whole;
    case "review":
      return route.candidateId !== null;
    case "settings":
      return false;
  }
}

/** Whether the filter asks for anything at all. */
export const isFiltered = (filter: Filter): boolean => FIELDS.some((field) => filter[field] !== "");

/** Go to an address without adding to the history: moving between alerts is not a trail to walk back. */
export function go(href: string): void {
  if (location.hash !== href) location.replace(href);
}

function parseFilter(search: string): Filter {
  const parameters = new URLSearchParams(search);
  return Object.fromEntries(FIELDS.map((field) => [field, parameters.get(field) ?? ""])) as unknown as Filter;
}

function formatFilter(filter: Filter): string {
  const set = FIELDS.filter((field) => filter[field] !== "").map((field) => [field, filter[field]]);
  return set.length === 0 ? "" : `?${new URLSearchParams(set)}`;
}

function split(text: string, at: string): [string, string] {
  const place = text.indexOf(at);
  return place < 0 ? [text, ""] : [text.slice(0, place), text.slice(place + 1)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
