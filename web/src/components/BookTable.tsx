import { useState } from "react";

import * as api from "../api.ts";
import { bookHref } from "../hooks.ts";
import { amount, type Book, type BookClient, dayName } from "../portfolio.ts";
import { Change, Grade } from "./Figures.tsx";

interface Props {
  readonly book: Book;
  readonly selectedId: string | null;
}

/** Every client of the book with value, day's P&L and what to mind; those without figures too. */
export function BookTable({ book, selectedId }: Props) {
  const [more, setMore] = useState<{ items: readonly BookClient[]; next: string | null } | null>(null);
  const [error, setError] = useState<string | null>(null);
  const next = more === null ? book.next : more.next;
  const load = async (): Promise<void> => {
    try {
      const page = await api.readBook(next);
      setMore((before) => ({ items: [...(before?.items ?? []), ...page.items], next: page.next }));
      setError(null);
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : String(problem));
    }
  };

  if (book.items.length === 0) return null;
  return (
    <>
      <table className="book">
        <caption className="visually-hidden">Clients</caption>
        <thead>
          <tr><th scope="col">Client</th><th scope="col" className="number">Value</th><th scope="col" className="number">Day P&amp;L</th></tr>
        </thead>
        <tbody>
          {[...book.items, ...(more?.items ?? [])].map((client) => (
            <Row key={client.client_id} client={client} selected={client.client_id === selectedId} />
          ))}
        </tbody>
      </table>
      {next !== null && <button className="button older" type="button" onClick={() => void load()}>More clients</button>}
      {error !== null && <p className="field-error older" role="alert">{error}</p>}
    </>
  );
}

function Row({ client, selected }: { readonly client: BookClient; readonly selected: boolean }) {
  const { figures } = client;
  return (
    <tr className={selected ? "is-selected" : undefined} data-client-id={client.client_id}>
      <th scope="row">
        <a href={bookHref(client.client_id)} aria-current={selected ? "true" : undefined}>{client.display}</a>{" "}
        {figures?.late && <span className="badge grade-stale">Of {dayName(figures.as_of)}</span>}{" "}
        {figures !== null && <Grade {...figures} />}
      </th>
      {figures === null ? (
        <td className="number muted" colSpan={2}>no figures yet</td>
      ) : (
        <>
          <td className="number">{amount(figures.market_value)} <span className="muted">{figures.base_ccy}</span></td>
          <td className="number"><Change text={figures.pnl_total} /></td>
        </>
      )}
    </tr>
  );
}
