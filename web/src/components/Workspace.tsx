import { useEffect, useMemo, useState, useSyncExternalStore } from "react";

import { type Desk, DeskContext, type Question } from "../desk.ts";
import { countUnread } from "../feed.ts";
import { useRoute, useTitle } from "../hooks.ts";
import { isOpened } from "../route.ts";
import { InboxStore } from "../store.ts";
import type { Me } from "../types.ts";
import { useKeys } from "../useKeys.ts";
import { usePreferences } from "../usePreferences.ts";
import { ConnectionBanner } from "./ConnectionBanner.tsx";
import { Announcer } from "./inbox/Announcer.tsx";
import { InboxPage } from "./inbox/InboxPage.tsx";
import { Questions } from "./inbox/Questions.tsx";
import { PortfolioPage } from "./portfolio/PortfolioPage.tsx";
import { TickStrip } from "./portfolio/TickStrip.tsx";
import { ReviewPage } from "./review/ReviewPage.tsx";
import { SettingsPage } from "./settings/SettingsPage.tsx";
import { Toast } from "./Toast.tsx";
import { TopBar } from "./TopBar.tsx";

interface Props {
  readonly me: Me;
  readonly onExpired: () => void;
  readonly onLeave: () => Promise<void>;
}

/** The pages of one RM; the list on the left, what is opened beside it, or instead of it on a phone. */
export function Workspace({ me, onExpired, onLeave }: Props) {
  const [store] = useState(() => new InboxStore(me.rm_id, onExpired));
  useEffect(() => store.start(), [store]);
  const inbox = useSyncExternalStore(store.subscribe, store.getSnapshot);
  const route = useRoute();
  const [preferences, prefer] = usePreferences();
  const [question, setQuestion] = useState<Question | null>(null);
  const unread = useMemo(() => countUnread(inbox.feed), [inbox.feed]);
  useTitle(unread, inbox.feed.next !== null);
  const desk = useMemo<Desk>(
    () => ({ me, store, preferences, prefer, ask: setQuestion, expire: onExpired }),
    [me, store, preferences, prefer, onExpired],
  );

  useKeys({
    "?": () => setQuestion({ kind: "help" }),
    h: () => void prefer({ hide_amounts: !preferences.hide_amounts }),
  });

  return (
    <DeskContext value={desk}>
      <div className={isOpened(route) ? "page has-selection" : "page"}>
        <TopBar link={inbox.link} unread={unread} page={route.page} onLeave={onLeave} />
        <TickStrip />
        <ConnectionBanner link={inbox.link} onRetry={store.reconnect} />
        {route.page === "inbox" && <InboxPage inbox={inbox} alertId={route.alertId} filter={route.filter} />}
        {route.page === "book" && <PortfolioPage clientId={route.clientId} whole={route.whole} />}
        {route.page === "review" && <ReviewPage candidateId={route.candidateId} />}
        {route.page === "settings" && <SettingsPage />}
        <Announcer alert={inbox.announced} />
        <Toast notice={inbox.notice} onClose={store.clearNotice} />
        <Questions question={question} inbox={inbox} onClose={() => setQuestion(null)} />
      </div>
    </DeskContext>
  );
}
