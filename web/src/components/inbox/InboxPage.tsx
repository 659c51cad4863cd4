import { useEffect, useMemo } from "react";

import * as api from "../../api.ts";
import { useDesk } from "../../desk.ts";
import { openIds } from "../../feed.ts";
import { usePages } from "../../pages.ts";
import { alertHref, type Filter, go, isFiltered } from "../../route.ts";
import type { Inbox } from "../../store.ts";
import { useKeys } from "../../useKeys.ts";
import { AlertList } from "./AlertList.tsx";
import { DetailPane } from "./DetailPane.tsx";
import { EmptyInbox, NothingFound, Reading } from "./Placeholders.tsx";

interface Props {
  readonly inbox: Inbox;
  readonly alertId: string | null;
  readonly filter: Filter;
}

/** The alerts: what is open now, or what a search over the history finds; the opened one beside them. */
export function InboxPage(props: Props) {
  return isFiltered(props.filter) ? <SearchPanes {...props} /> : <LivePanes {...props} />;
}

function LivePanes({ inbox, alertId, filter }: Props) {
  const { store } = useDesk();
  const { feed, loadError } = inbox;
  const ids = useMemo(() => openIds(feed), [feed]);
  useInboxKeys(ids, alertId, filter);
  return (
    <main className="panes">
      <AlertList
        inbox={inbox}
        ids={ids}
        alertOf={(id) => feed.alerts.get(id)}
        selectedId={alertId}
        filter={filter}
        held={feed.held.length}
        placeholder={feed.lastSeq === null ? <Reading error={loadError} onRetry={store.reload} /> : <EmptyInbox />}
        hasMore={feed.next !== null}
        loadingMore={inbox.loadingOlder}
        onMore={store.loadOlder}
      />
      <DetailPane inbox={inbox} alertId={alertId} filter={filter} />
    </main>
  );
}

function SearchPanes({ inbox, alertId, filter }: Props) {
  const { store, preferences } = useDesk();
  const zone = preferences.time_zone;
  const key = JSON.stringify([filter, zone]);
  const found = usePages(key, (cursor) => api.searchAlerts(filter, zone, cursor));
  const { items } = found;
  // What other tabs do shows in a search too.
  useEffect(() => {
    if (items !== null) store.remember(items);
  }, [store, items]);
  const own = useMemo(() => new Map(items?.map((alert) => [alert.alert_id, alert])), [items]);
  const ids = useMemo(() => [...own.keys()], [own]);
  useInboxKeys(ids, alertId, filter);
  return (
    <main className="panes">
      <AlertList
        inbox={inbox}
        ids={ids}
        alertOf={(id) => inbox.feed.alerts.get(id) ?? own.get(id)}
        selectedId={alertId}
        filter={filter}
        held={0}
        placeholder={items === null ? <Reading error={found.error} onRetry={found.reload} /> : <NothingFound />}
        hasMore={found.hasMore}
        loadingMore={found.loading}
        onMore={found.more}
      />
      <DetailPane inbox={inbox} alertId={alertId} filter={filter} />
    </main>
  );
}

/** Move through the list and act on the opened alert by key. */
function useInboxKeys(ids: readonly string[], alertId: string | null, filter: Filter): void {
  const { store, ask } = useDesk();
  const move = (step: number): void => {
    const at = alertId === null ? -1 : ids.indexOf(alertId);
    const id = ids[Math.max(0, Math.min(ids.length - 1, at + step))];
    if (id !== undefined) go(alertHref(id, filter));
  };
  const about = (kind: "snooze" | "dismiss" | "escalate" | "feedback") =>
    alertId === null ? undefined : () => ask({ kind, alertId });
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    a: alertId === null ? undefined : () => void store.acknowledge(alertId),
    s: about("snooze"),
    d: about("dismiss"),
    e: about("escalate"),
    f: about("feedback"),
    n: store.reveal,
    "/": () => document.getElementById("search")?.focus(),
    Escape: () => go(alertHref(null, filter)),
  });
}
