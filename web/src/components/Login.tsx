import { type FormEvent, useEffect, useState } from "react";

import * as api from "../api.ts";
import { Problem } from "../http.ts";
import type { LogInMethods } from "../workspace.ts";
import { Logo } from "./Logo.tsx";

interface Props {
  readonly notice: string | null;
  readonly onLoggedIn: () => Promise<void>;
}

/** The log-in form. */
export function Login({ notice, onLoggedIn }: Props) {
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [methods, setMethods] = useState<LogInMethods | null>(null);
  useEffect(() => {
    // Where nothing can be read the log-in itself says why.
    api.readLogInMethods().then(setMethods, () => setMethods({ password: true, sign_on: null, log_out: null }));
  }, []);

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setError(null);
    try {
      await api.logIn(String(form.get("rm_id")).trim(), String(form.get("password")));
      await onLoggedIn();
    } catch (problem) {
      setError(wording(problem));
      setBusy(false);
    }
  };

  return (
    <main className="login">
      <form className="login-card" onSubmit={(event) => void submit(event)}>
        <h1 className="brand"><Logo />Tipline</h1>
        <p className="login-lead">News about your clients, as it happens.</p>
        {notice !== null && <p className="note">{notice}</p>}
        {methods?.sign_on != null && <a className="button button-primary" href={methods.sign_on}>Log in with single sign-on</a>}
        {methods?.password === true && <PasswordFields error={error} busy={busy} />}
      </form>
    </main>
  );
}

function PasswordFields({ error, busy }: { readonly error: string | null; readonly busy: boolean }) {
  return (
    <>
      <label className="field">
        User
        <input name="rm_id" autoComplete="username" autoCapitalize="none" spellCheck={false} required autoFocus />
      </label>
      <label className="field">
        Password
        <input name="password" type="password" autoComplete="current-password" required />
      </label>
      <p className="field-error" role="alert">{error}</p>
      <button className="button button-primary" type="submit" disabled={busy}>
        {busy ? "Logging in…" : "Log in"}
      </button>
    </>
  );
}

function wording(problem: unknown): string {
  if (!(problem instanceof Problem)) return String(problem);
  return problem.status === 401 ? "User or password is not right." : problem.message;
}
