import { useEffect, useState, useSyncExternalStore } from "react";

import { countUnread } from "../feed.ts";
import { useSelectedId, useTitle } from "../hooks.ts";
import { InboxStore } from "../store.ts";
import type { Me } from "../types.ts";
import { AlertList } from "./AlertList.tsx";
import { Announcer } from "./Announcer.tsx";
import { ConnectionBanner } from "./ConnectionBanner.tsx";
import { DetailPane } from "./DetailPane.tsx";
import { TopBar } from "./TopBar.tsx";
import { useShortcuts } from "./useShortcuts.ts";

interface Props {
  readonly me: Me;
  readonly onExpired: () => void;
  readonly onLeave: () => Promise<void>;
}

/** The inbox of one RM: the list on the left, the opened alert beside it, or above it on a phone. */
export function InboxPage({ me, onExpired, onLeave }: Props) {
  const [store] = useState(() => new InboxStore(me.rm_id, onExpired));
  useEffect(() => store.start(), [store]);
  const inbox = useSyncExternalStore(store.subscribe, store.getSnapshot);
  const selectedId = useSelectedId();
  const unread = countUnread(inbox.feed);
  useTitle(unread, inbox.feed.next !== null);
  useShortcuts(inbox.feed.order, selectedId, store);

  return (
    <div className={selectedId === null ? "page" : "page has-selection"}>
      <TopBar me={me} link={inbox.link} unread={unread} onLeave={onLeave} />
      <ConnectionBanner link={inbox.link} onRetry={store.reconnect} />
      <main className="panes">
        <AlertList inbox={inbox} selectedId={selectedId} store={store} />
        <DetailPane inbox={inbox} selectedId={selectedId} store={store} />
      </main>
      <Announcer alert={inbox.announced} />
    </div>
  );
}
