// One REST call. Errors arrive as `Problem`, made from RFC 9457 bodies.

export const BASE = "/api/v1";
const TIMEOUT_MS = 10_000;

/** What went wrong, in a sentence for the reader; `status` 0 means that no answer came. */
export class Problem extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface Reply<T> {
  readonly body: T;
  readonly etag: string | null;
}

/** What to send besides method and path; a body is sent as JSON. */
export interface Extra {
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Call the API and return the answer's body; `Problem` when it is refused or does not come within 10 s. */
export async function call<T>(method: string, path: string, extra: Extra = {}): Promise<T> {
  return (await request<T>(method, path, extra)).body;
}

/** Call the API and return the answer's body with its entity tag. */
export async function request<T>(method: string, path: string, { body, headers }: Extra = {}): Promise<Reply<T>> {
  let response: Response;
  try {
    response = await fetch(BASE + path, {
      method,
      headers: {
        Accept: "application/json",
        // Cannot be set across origins without leave: with it a cookie alone is not enough to act.
        "X-Requested-With": "tipline",
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
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
  return { body: (text === "" ? undefined : JSON.parse(text)) as T, etag: response.headers.get("ETag") };
}

/** The parameters that are set as a query with its question mark; the empty text when none is. */
export function query(parameters: Readonly<Record<string, string | number | null | undefined>>): string {
  const set = Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return set.length === 0 ? "" : `?${new URLSearchParams(set.map(([name, value]) => [name, String(value)]))}`;
}

function explain(status: number, text: string): string {
  try {
    const problem = JSON.parse(text) as { detail?: string; title?: string };
    return problem.detail ?? problem.title ?? `The server answered ${status}.`;
  } catch {
    return `The server answered ${status}.`;
  }
}
