import { type FormEvent, useState } from "react";

import { wording } from "../../hooks.ts";

/** A form whose sending adds to a list: what to do with it, and why that failed. */
export interface Adding {
  readonly submit: (event: FormEvent<HTMLFormElement>) => void;
  readonly run: (act: () => Promise<unknown>) => Promise<boolean>;
  readonly error: string | null;
}

/** Send a form by `add`, empty it and call `onDone`; `run` does the same for an act without a form. */
export function useAdding(add: (form: FormData) => Promise<unknown>, onDone: () => void): Adding {
  const [error, setError] = useState<string | null>(null);
  const run = async (act: () => Promise<unknown>): Promise<boolean> => {
    setError(null);
    try {
      await act();
      onDone();
      return true;
    } catch (problem) {
      setError(wording(problem));
      return false;
    }
  };
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = event.currentTarget;
    void run(() => add(new FormData(form))).then((done) => {
      if (done) form.reset();
    });
  };
  return { submit, run, error };
}
