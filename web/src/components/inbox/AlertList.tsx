import { type ReactNode, type RefObject, useEffect, useRef } from "react";

import { useDesk } from "../../desk.ts";
import { useMedia, useNow } from "../../hooks.ts";
import { alertHref, type Filter } from "../../route.ts";
import type { Inbox } from "../../store.ts";
import type { Alert } from "../../types.ts";
import { scrollToShow } from "../../viewport.ts";
import { AlertRow } from "./AlertRow.tsx";
import { FilterBar } from "./FilterBar.tsx";
import { useHold } from "./useHold.ts";
import { useSpan } from "./useSpan.ts";

interface Props {
  readonly inbox: Inbox;
  readonly ids: readonly string[];
  readonly alertOf: (id: string) => Alert | undefined;
  readonly selectedId: string | null;
  readonly filter: Filter;
  /** How many alerts wait to be let in on top. */
  readonly held: number;
  /** What shows instead of rows, while there are none. */
  readonly placeholder: ReactNode;
  readonly hasMore: boolean;
  readonly loadingMore: boolean;
  readonly onMore: () => void;
}

// Beside what stands in inbox.css: a row holds what its density shows, on a phone with two lines of headline.
const ROW_PX = { comfortable: 104, compact: 58 } as const;
const PHONE_ROW_PX = { comfortable: 136, compact: 84 } as const;

/** The alerts, newest first. While the reader is scrolled down or points at a row, new ones wait in a pill. */
export function AlertList(props: Props) {
  const { inbox, ids, alertOf, selectedId, filter, held } = props;
  const { store, preferences } = useDesk();
  const now = useNow(5000);
  const phone = useMedia("(max-width: 819px)");
  const height = (phone ? PHONE_ROW_PX : ROW_PX)[preferences.density];
  const scroller = useRef<HTMLDivElement>(null);
  const hold = useHold(scroller, store.hold);
  const span = useSpan(scroller, height, ids.length);
  useSelectedInSight(scroller, selectedId, ids, height);
  const showNew = (): void => {
    store.reveal();
    scroller.current?.scrollTo({ top: 0 });
  };

  return (
    <section className="list" aria-label="Alerts">
      <FilterBar filter={filter} />
      <div className="list-scroll" ref={scroller} {...hold}>
        {held > 0 && <button className="pill" type="button" onClick={showNew}>{held} new</button>}
        {ids.length === 0 && props.placeholder}
        <ol className="rows" style={{ height: ids.length * height }}>
          {ids.slice(span.first, span.last).map((id, index) => {
            const alert = alertOf(id);
            return alert === undefined ? null : (
              <AlertRow
                key={id}
                alert={alert}
                href={alertHref(id, filter)}
                now={now}
                at={span.first + index}
                count={ids.length}
                height={height}
                selected={id === selectedId}
                touched={inbox.feed.touched.has(id)}
                error={inbox.actionErrors.get(id) ?? null}
              />
            );
          })}
        </ol>
        {props.hasMore && <More loading={props.loadingMore} onMore={props.onMore} />}
      </div>
    </section>
  );
}

/** Keep the opened alert's row in sight, and the focus on it when the focus is in the list or nowhere. */
function useSelectedInSight(
  scroller: RefObject<HTMLElement | null>, selectedId: string | null, ids: readonly string[], height: number,
): void {
  const listed = selectedId !== null && ids.includes(selectedId);
  useEffect(() => {
    const element = scroller.current;
    const rows = element?.querySelector<HTMLElement>(".rows");
    if (element === null || rows == null || selectedId === null || !listed) return;
    const at = ids.indexOf(selectedId);
    element.scrollTop = scrollToShow(at, element.scrollTop, element.clientHeight, height, rows.offsetTop);
    const { activeElement } = document;
    if (activeElement !== document.body && !element.contains(activeElement)) return;
    // The row is drawn with the next frame when it was out of sight.
    const frame = requestAnimationFrame(() =>
      element.querySelector<HTMLElement>(".is-selected a")?.focus({ preventScroll: true }),
    );
    return () => cancelAnimationFrame(frame);
    // Only another choice scrolls: a row that moves because others arrive is not followed.
  }, [scroller, selectedId, listed, height]);
}

/** Loads the next page when scrolled to, or by its button. */
function More({ loading, onMore }: { readonly loading: boolean; readonly onMore: () => void }) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (button.current === null) return;
    const observer = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting) onMore();
    });
    observer.observe(button.current);
    return () => observer.disconnect();
  }, [onMore, loading]);
  return (
    <button ref={button} className="button older" type="button" disabled={loading} onClick={onMore}>
      {loading ? "Reading older alerts…" : "Older alerts"}
    </button>
  );
}
