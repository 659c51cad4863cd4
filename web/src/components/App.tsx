import { useCallback, useEffect, useState } from "react";

import * as api from "../api.ts";
import { Problem } from "../http.ts";
import type { Me } from "../types.ts";
import { Login } from "./Login.tsx";
import { Workspace } from "./Workspace.tsx";

type Session =
  | { readonly kind: "asking" }
  | { readonly kind: "out"; readonly notice: string | null }
  | { readonly kind: "unreachable"; readonly message: string }
  | { readonly kind: "in"; readonly me: Me };

/** The whole page: who is here decides between the log-in and the inbox. */
export function App() {
  const [session, setSession] = useState<Session>({ kind: "asking" });

  const askWho = useCallback(async (): Promise<void> => {
    try {
      setSession({ kind: "in", me: await api.readMe() });
    } catch (error) {
      const loggedOut = error instanceof Problem && error.status === 401;
      setSession(loggedOut ? { kind: "out", notice: refusal(location.search) } : { kind: "unreachable", message: String(error) });
    }
  }, []);

  useEffect(() => {
    void askWho();
  }, [askWho]);

  const expire = useCallback(() => {
    setSession({ kind: "out", notice: "Your session has ended. Log in again to go on." });
  }, []);

  const leave = useCallback(async (): Promise<void> => {
    try {
      await api.logOut();
    } catch (error) {
      // Only the server ends a session: to say "logged out" while its cookie still works would be a lie.
      if (!(error instanceof Problem && error.status === 401)) {
        setSession({ kind: "unreachable", message: String(error) });
        return;
      }
    }
    const methods = await api.readLogInMethods().catch(() => null);
    // The provider's session would let the next person at this screen in again.
    if (methods?.log_out != null) {
      location.assign(methods.log_out);
      return;
    }
    location.replace("#/");
    setSession({ kind: "out", notice: null });
  }, []);

  switch (session.kind) {
    case "asking":
      return <p className="splash" role="status">Opening Tipline…</p>;
    case "out":
      return <Login notice={session.notice} onLoggedIn={askWho} />;
    case "unreachable":
      return (
        <main className="splash" role="alert">
          <h1>Tipline is out of reach</h1>
          <p>The server does not answer. Nothing is lost: alerts wait there.</p>
          <button className="button" type="button" onClick={() => void askWho()}>Try again</button>
        </main>
      );
    case "in":
      return <Workspace key={session.me.rm_id} me={session.me} onExpired={expire} onLeave={leave} />;
  }
}

/** Why single sign-on let nobody in, when it came back with `?sign_on=CODE`. */
function refusal(search: string): string | null {
  const code = new URLSearchParams(search).get("sign_on");
  return code === null ? null : `Single sign-on did not let you in (${code.replaceAll("_", " ")}).`;
}
