import type { Link } from "../connection.ts";
import { useDesk, useMayAct } from "../desk.ts";
import { alertHref, bookHref, reviewHref, type Route } from "../route.ts";
import { Logo } from "./Logo.tsx";

interface Props {
  readonly link: Link;
  readonly unread: number;
  readonly page: Route["page"];
  readonly onLeave: () => Promise<void>;
}

const LINK_WORDS = { connecting: "Connecting", live: "Live", down: "Not live" } as const;
const PAGES: readonly (readonly [Route["page"], string, string])[] = [
  ["inbox", "Alerts", alertHref(null)],
  ["book", "Portfolio", bookHref()],
  ["review", "Review", reviewHref()],
  ["settings", "Settings", "#/settings"],
];

/** Product, connection state, what is left to do, and who is logged in. */
export function TopBar({ link, unread, page, onLeave }: Props) {
  const { me, preferences, prefer, ask } = useDesk();
  const mayAct = useMayAct();
  const hidden = preferences.hide_amounts;
  return (
    <header className="top">
      <h1 className="brand"><Logo />Tipline</h1>
      <nav className="top-nav" aria-label="Pages">
        {PAGES.filter(([name]) => mayAct || name !== "review").map(([name, word, href]) => (
          <a key={name} href={href} aria-current={name === page ? "page" : undefined}>{word}</a>
        ))}
      </nav>
      <span className={`link link-${link.phase}`} data-link={link.phase}>{LINK_WORDS[link.phase]}</span>
      <span className="top-unread"><b>{unread}</b> to acknowledge</span>
      <span className="top-me">{me.display}</span>
      <button className="button button-quiet top-amounts" type="button" aria-pressed={hidden}
        onClick={() => void prefer({ hide_amounts: !hidden })}>
        {hidden ? "Show amounts" : "Hide amounts"}
      </button>
      <button className="button button-quiet top-help" type="button" aria-label="Keyboard help"
        onClick={() => ask({ kind: "help" })}>?</button>
      <button className="button button-quiet" type="button" onClick={() => void onLeave()}>Log out</button>
    </header>
  );
}
