import { useEffect, useState, useSyncExternalStore } from "react";

import { countUnread } from "../feed.ts";
import { usePortfolio, useSelectedId, useTitle } from "../hooks.ts";
import { InboxStore } from "../store.ts";
import type { Me } from "../types.ts";
import { AlertList } from "./AlertList.tsx";
import { Announcer } from "./Announcer.tsx";
import { ConnectionBanner } from "./ConnectionBanner.tsx";
import { DetailPane } from "./DetailPane.tsx";
import { PortfolioPage } from "./PortfolioPage.tsx";
import { TopBar } from "./TopBar.tsx";
import { useShortcuts } from "./useShortcuts.ts";

interface Props {
  readonly me: Me;
  readonly onExpired: () => void;
  readonly onLeave: () => Promise<void>;
}

/** The page of one RM: alerts or portfolios; the list on the left, what is opened beside it, or above it on a phone. */
export function InboxPage({ me, onExpired, onLeave }: Props) {
  const [store] = useState(() => new InboxStore(me.rm_id, onExpired));
  useEffect(() => store.start(), [store]);
  const inbox = useSyncExternalStore(store.subscribe, store.getSnapshot);
  const selectedId = useSelectedId();
  const portfolio = usePortfolio();
  const opened = selectedId ?? portfolio?.clientId ?? null;
  const unread = countUnread(inbox.feed);
  useTitle(unread, inbox.feed.next !== null);
  useShortcuts(portfolio === null, inbox.feed.order, selectedId, store);

  return (
    <div className={opened === null ? "page" : "page has-selection"}>
      <TopBar me={me} link={inbox.link} unread={unread} portfolio={portfolio !== null} onLeave={onLeave} />
      <ConnectionBanner link={inbox.link} onRetry={store.reconnect} />
      {portfolio === null ? (
        <main className="panes">
          <AlertList inbox={inbox} selectedId={selectedId} store={store} />
          <DetailPane inbox={inbox} selectedId={selectedId} store={store} />
        </main>
      ) : (
        <PortfolioPage clientId={portfolio.clientId} onExpired={onExpired} />
      )}
      <Announcer alert={inbox.announced} />
    </div>
  );
}
