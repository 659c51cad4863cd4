import type { ReactNode } from "react";

interface Props<T> {
  readonly value: T | null;
  readonly error: string | null;
  readonly onRetry: () => void;
  /** What is being read, `Reading …` says it. */
  readonly what: string;
  readonly children: (value: T) => ReactNode;
}

/** What was read; until then that it is being read, and when reading failed why, beside what is still there. */
export function Panel<T>({ value, error, onRetry, what, children }: Props<T>) {
  return (
    <>
      {error !== null && (
        <div className="note note-error" role="alert">
          <p>{value === null ? `No ${what}: ` : `These ${what} may be out of date: `}{error}</p>
          <button className="button" type="button" onClick={onRetry}>Try again</button>
        </div>
      )}
      {value === null && error === null && (
        <div className="loading" role="status">
          <span className="visually-hidden">Reading {what}…</span>
          <span className="skeleton" /><span className="skeleton" />
        </div>
      )}
      {value !== null && children(value)}
    </>
  );
}
