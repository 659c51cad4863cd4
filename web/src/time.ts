// Times as a reader wants them: how long ago, and exactly when in the reader's own zone.

/** Wording of moments in one time zone. */
export interface Times {
  /** Hours and minutes of a moment, `10:42`. */
  readonly clock: (moment: number) => string;
  /** The full date and time of an RFC 3339 text. */
  readonly exact: (text: string) => string;
}

const made = new Map<string, Times>();

/** The wording for an IANA zone; null, or a zone that this browser does not know, means the browser's own. */
export function timesIn(zone: string | null): Times {
  const key = zone ?? "";
  const known = made.get(key);
  if (known !== undefined) return known;
  const timeZone = zone !== null && isZone(zone) ? { timeZone: zone } : {};
  const clock = new Intl.DateTimeFormat(undefined, {
    hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...timeZone,
  });
  const exact = new Intl.DateTimeFormat(undefined, {
    weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit",
    second: "2-digit", hourCycle: "h23", timeZoneName: "short", ...timeZone,
  });
  const times: Times = { clock: (moment) => clock.format(moment), exact: (text) => exact.format(Date.parse(text)) };
  made.set(key, times);
  return times;
}

/** Whether this browser knows the IANA zone. */
export function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat(undefined, { timeZone: zone }) !== null;
  } catch {
    return false;
  }
}

/** How long ago, in the largest whole unit: `now`, `12 s`, `4 min`, `3 h`, `2 d`. */
export function age(then: number, now: number): string {
  const seconds = Math.floor((now - then) / 1000);
  if (seconds < 5) return "now";
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** Seconds between two RFC 3339 times as `+0.31 s`, or `+2 h` and the like when it is a minute or more. */
export function elapsed(from: string, to: string): string {
  const ms = Date.parse(to) - Date.parse(from);
  return ms < 60_000 ? `+${(ms / 1000).toFixed(2)} s` : `+${age(0, ms)}`;
}

/** The moment, as RFC 3339, at which clocks of `zone` (null: the browser's) show `local`, `2026-11-24T08:00`. */
export function momentOf(local: string, zone: string | null): string {
  if (zone === null || !isZone(zone)) return new Date(local).toISOString();
  const asUtc = Date.parse(`${local}Z`);
  const guess = asUtc - offsetMs(asUtc, zone);
  // Near a change of the clocks the first guess has the other side's offset.
  return new Date(asUtc - offsetMs(guess, zone)).toISOString();
}

/** What clocks of `zone` (null: the browser's) show at a moment, as a form field wants it: `2026-11-24T08:00`. */
export function localOf(moment: number, zone: string | null): string {
  const offset = zone === null || !isZone(zone) ? -new Date(moment).getTimezoneOffset() * 60_000 : offsetMs(moment, zone);
  return new Date(moment + offset).toISOString().slice(0, 16);
}

/** Eight in the morning of the next day in `zone`, as RFC 3339. */
export function tomorrowMorning(now: number, zone: string | null): string {
  const nextDay = new Date(Date.parse(`${localOf(now, zone).slice(0, 10)}T00:00Z`) + 86_400_000);
  return momentOf(`${nextDay.toISOString().slice(0, 10)}T08:00`, zone);
}

function offsetMs(moment: number, zone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric",
    hour: "numeric", minute: "numeric", second: "numeric",
  }).formatToParts(moment);
  const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value);
  const shown = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
  return shown - Math.floor(moment / 1000) * 1000;
}
