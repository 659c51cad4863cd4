// Which rows of a long list are worth drawing. Rows have one height, so no row has to be measured.

/** Rows from `first` up to, not including, `last`. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

const STEP = 8;

/**
 * The rows to draw for a list scrolled by `scrolled` pixels in a window of `height` pixels: those in sight and a
 * margin. Both ends move in steps, so that most scroll events change nothing.
 */
export function visibleSpan(scrolled: number, height: number, rowHeight: number, count: number): Span {
  const top = Math.floor(Math.max(0, scrolled) / rowHeight);
  const rows = Math.ceil(height / rowHeight);
  const first = Math.max(0, Math.floor(top / STEP) * STEP - STEP);
  const last = Math.min(count, Math.ceil((top + rows) / STEP) * STEP + STEP);
  return { first: Math.min(first, last), last };
}

/** Where to scroll so that row `at` is wholly in sight, moving as little as possible. */
export function scrollToShow(at: number, scrolled: number, height: number, rowHeight: number, offset: number): number {
  const top = offset + at * rowHeight;
  if (top < scrolled) return top;
  return top + rowHeight > scrolled + height ? top + rowHeight - height : scrolled;
}
