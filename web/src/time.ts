// Times as a reader wants them: how long ago, and exactly when in the reader's own zone.

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const exact = new Intl.DateTimeFormat(undefined, {
  weekday: "short",
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
  timeZoneName: "short",
});

/** How long ago, in the largest whole unit: `now`, `12 s`, `4 min`, `3 h`, `2 d`. */
export function age(then: number, now: number): string {
  const seconds = Math.floor((now - then) / 1000);
  if (seconds < 5) return "now";
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** Hours and minutes of a moment, `10:42`. */
export const clockTime = (moment: number): string => clock.format(moment);

/** The full date and time of an RFC 3339 text. */
export const exactTime = (text: string): string => exact.format(Date.parse(text));

/** Seconds between two RFC 3339 times as `+0.31 s`, or `+2 h` and the like when it is a minute or more. */
export function elapsed(from: string, to: string): string {
  const ms = Date.parse(to) - Date.parse(from);
  return ms < 60_000 ? `+${(ms / 1000).toFixed(2)} s` : `+${age(0, ms)}`;
}
