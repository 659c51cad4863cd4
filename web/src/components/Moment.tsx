import { useTimes } from "../desk.ts";

/** A moment in full, in the reader's zone. */
export function Moment({ at }: { readonly at: string }) {
  return <time dateTime={at}>{useTimes().exact(at)}</time>;
}
