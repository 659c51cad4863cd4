// Article text cut at its evidence, and links that are safe to follow.

import type { Evidence } from "./types.ts";

export interface Piece {
  readonly text: string;
  /** What the piece is evidence for; null for plain text. */
  readonly note: string | null;
}

/**
 * Cut `text` into plain and highlighted pieces. Spans count code points, as the server does, not UTF-16 units;
 * one that does not hold the text it claims (another revision's) is left out, and where two overlap the first wins.
 */
export function highlight(text: string, evidence: readonly Evidence[]): Piece[] {
  const points = Array.from(text);
  const pieces: Piece[] = [];
  let at = 0;
  for (const span of [...evidence].sort((a, b) => (a.start ?? 0) - (b.start ?? 0))) {
    const { start, end } = span;
    if (start === null || end === null || start < at || end <= start || end > points.length) continue;
    const marked = points.slice(start, end).join("");
    if (span.text !== null && span.text !== marked) continue;
    if (start > at) pieces.push({ text: points.slice(at, start).join(""), note: null });
    pieces.push({ text: marked, note: span.detail });
    at = end;
  }
  if (at < points.length) pieces.push({ text: points.slice(at).join(""), note: null });
  return pieces;
}

/** Return the address if it is plain http(s), else null: a provider's `javascript:` never becomes a link. */
export function safeUrl(url: string | null): string | null {
  if (url === null || !URL.canParse(url)) return null;
  const { protocol, href } = new URL(url);
  return protocol === "https:" || protocol === "http:" ? href : null;
}

/** A share as whole percent, `94 %`; 1 only when it is 1. */
export const percent = (share: number): string => `${share === 1 ? 100 : Math.min(99, Math.round(share * 100))} %`;
