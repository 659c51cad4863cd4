import type { Link } from "../connection.ts";
import { bookHref } from "../hooks.ts";
import type { Me } from "../types.ts";
import { Logo } from "./Logo.tsx";

interface Props {
  readonly me: Me;
  readonly link: Link;
  readonly unread: number;
  readonly portfolio: boolean;
  readonly onLeave: () => Promise<void>;
}

const LINK_WORDS = { connecting: "Connecting", live: "Live", down: "Not live" } as const;

/** Product, connection state, what is left to do, and who is logged in. */
export function TopBar({ me, link, unread, portfolio, onLeave }: Props) {
  return (
    <header className="top">
      <h1 className="brand"><Logo />Tipline</h1>
      <nav className="top-nav" aria-label="Pages">
        <a href="#/" aria-current={portfolio ? undefined : "page"}>Alerts</a>
        <a href={bookHref()} aria-current={portfolio ? "page" : undefined}>Portfolio</a>
      </nav>
      <span className={`link link-${link.phase}`} data-link={link.phase}>{LINK_WORDS[link.phase]}</span>
      <span className="top-unread"><b>{unread}</b> to acknowledge</span>
      <span className="top-me">{me.display}</span>
      <button className="button button-quiet" type="button" onClick={() => void onLeave()}>Log out</button>
    </header>
  );
}
