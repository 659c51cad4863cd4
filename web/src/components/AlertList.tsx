import { useEffect, useRef } from "react";

import { useNow } from "../hooks.ts";
import type { Inbox, InboxStore } from "../store.ts";
import { AlertRow } from "./AlertRow.tsx";
import { useHold } from "./useHold.ts";

interface Props {
  readonly inbox: Inbox;
  readonly selectedId: string | null;
  readonly store: InboxStore;
}

/** The alerts, newest first. While the reader is scrolled down or points at a row, new ones wait in a pill. */
export function AlertList({ inbox, selectedId, store }: Props) {
  const { feed, loadError } = inbox;
  const now = useNow(5000);
  const scroller = useRef<HTMLElement>(null);
  const hold = useHold(scroller, store.hold);
  const showNew = (): void => {
    store.reveal();
    scroller.current?.scrollTo({ top: 0 });
  };

  return (
    <section className="list" aria-label="Alerts" ref={scroller} {...hold}>
      {feed.held.length > 0 && (
        <button className="pill" type="button" onClick={showNew}>{feed.held.length} new</button>
      )}
      {feed.lastSeq === null && <Placeholder error={loadError} onRetry={store.reload} />}
      {feed.lastSeq !== null && feed.order.length === 0 && (
        <div className="empty">
          <h2>Nothing yet</h2>
          <p>News about your clients shows here within a second of its arrival. There is no need to reload.</p>
        </div>
      )}
      <ol className="rows">
        {feed.order.map((id) => {
          const alert = feed.alerts.get(id);
          return alert === undefined ? null : (
            <AlertRow
              key={id}
              alert={alert}
              now={now}
              selected={id === selectedId}
              touched={feed.touched.has(id)}
              ackError={inbox.ackErrors.get(id) ?? null}
              onAcknowledge={store.acknowledge}
            />
          );
        })}
      </ol>
      {feed.next !== null && <Older loading={inbox.loadingOlder} onLoad={store.loadOlder} />}
    </section>
  );
}

function Placeholder({ error, onRetry }: { error: string | null; onRetry: () => void }) {
  if (error === null) {
    return (
      <div className="loading" role="status">
        <span className="visually-hidden">Reading your alerts…</span>
        {[0, 1, 2, 3, 4].map((row) => <span key={row} className="skeleton" />)}
      </div>
    );
  }
  return (
    <div className="empty" role="alert">
      <h2>Your alerts could not be read</h2>
      <p>{error}</p>
      <button className="button" type="button" onClick={onRetry}>Try again</button>
    </div>
  );
}

/** Loads the next page when scrolled to, or by its button. */
function Older({ loading, onLoad }: { loading: boolean; onLoad: () => Promise<void> }) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (button.current === null) return;
    const observer = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting) void onLoad();
    });
    observer.observe(button.current);
    return () => observer.disconnect();
  }, [onLoad, loading]);
  return (
    <button ref={button} className="button older" type="button" disabled={loading} onClick={() => void onLoad()}>
      {loading ? "Reading older alerts…" : "Older alerts"}
    </button>
  );
}
