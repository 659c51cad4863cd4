import type { Link } from "../connection.ts";
import { useTimes } from "../desk.ts";
import { useNow } from "../hooks.ts";

interface Props {
  readonly link: Link;
  readonly onRetry: () => void;
}

/** The loud part of the connection state: since when the list may be out of date, and when we try again. */
export function ConnectionBanner({ link, onRetry }: Props) {
  return link.phase === "down" ? <Banner since={link.since} retryAt={link.retryAt} onRetry={onRetry} /> : null;
}

function Banner({ since, retryAt, onRetry }: { since: number; retryAt: number; onRetry: () => void }) {
  const times = useTimes();
  const waitS = Math.max(0, Math.ceil((retryAt - useNow(500)) / 1000));
  return (
    <div className="banner">
      <p role="alert"><b>Not live since {times.clock(since)}</b> – reconnecting. Alerts wait at the server.</p>
      <button className="button" type="button" onClick={onRetry}>
        {waitS > 0 ? `Reconnect now (${waitS} s)` : "Reconnecting…"}
      </button>
    </div>
  );
}
