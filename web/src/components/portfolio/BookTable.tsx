import { useEffect, useState } from "react";

import * as api from "../../api.ts";
import { usePages } from "../../pages.ts";
import { type Book, type BookClient, dayName, rate, share } from "../../portfolio.ts";
import { bookHref } from "../../route.ts";
import { Amount, Change, Grade, Return } from "./Figures.tsx";
import { RowLight } from "./Lights.tsx";

const COLUMNS = 5;

interface Props {
  readonly book: Book;
  readonly selectedId: string | null;
}

/** Every client of the book with value, day's P&L and what to mind; those without figures too. */
export function BookTable({ book, selectedId }: Props) {
  const [asked, setAsked] = useState(false);
  if (book.items.length === 0) return null;
  return (
    <>
      <table className="book">
        <caption className="visually-hidden">Clients</caption>
        <thead>
          <tr>
            <th scope="col">Client</th>
            <th scope="col" className="number">Value</th>
            <th scope="col" className="number">Day P&amp;L</th>
            <th scope="col" className="number wide-only">Drawdown</th>
            <th scope="col" className="number wide-only">Top weight</th>
          </tr>
        </thead>
        <Rows clients={book.items} selectedId={selectedId} />
        {asked && book.next !== null && <Rest from={book.next} selectedId={selectedId} />}
      </table>
      {!asked && book.next !== null && (
        <button className="button older" type="button" onClick={() => setAsked(true)}>More clients</button>
      )}
    </>
  );
}

/** The clients after the first page, all of them. */
function Rest({ from, selectedId }: { readonly from: string; readonly selectedId: string | null }) {
  const { items, hasMore, loading, error, more } = usePages(`book ${from}`, (cursor) => api.readBook(cursor ?? from));
  useEffect(() => {
    if (hasMore && !loading) more();
  }, [hasMore, loading, more]);
  return (
    <>
      <Rows clients={items ?? []} selectedId={selectedId} />
      {error !== null && <tbody><tr><td colSpan={COLUMNS} className="field-error" role="alert">{error}</td></tr></tbody>}
    </>
  );
}

function Rows({ clients, selectedId }: { readonly clients: readonly BookClient[]; readonly selectedId: string | null }) {
  return (
    <tbody>
      {clients.map((client) => (
        <Row key={client.client_id} client={client} selected={client.client_id === selectedId} />
      ))}
    </tbody>
  );
}

function Row({ client, selected }: { readonly client: BookClient; readonly selected: boolean }) {
  const { figures } = client;
  return (
    <tr className={selected ? "is-selected" : undefined} data-client-id={client.client_id}>
      <th scope="row">
        <a href={bookHref(client.client_id)} aria-current={selected ? "true" : undefined}>{client.display}</a>{" "}
        {figures?.late && <span className="badge grade-stale">Of {dayName(figures.as_of)}</span>}{" "}
        {figures !== null && <><Grade {...figures} /> <RowLight {...figures} /></>}
      </th>
      {figures === null ? (
        <td className="number muted" colSpan={COLUMNS - 1}>no figures yet</td>
      ) : (
        <>
          <td className="number"><Amount text={figures.market_value} /> <span className="muted">{figures.base_ccy}</span></td>
          <td className="number"><Change text={figures.pnl_total} /> <small><Return text={figures.daily_return} /></small></td>
          <td className="number wide-only">{rate(figures.drawdown)}</td>
          <td className="number wide-only">{share(figures.top_concentration)}</td>
        </>
      )}
    </tr>
  );
}
