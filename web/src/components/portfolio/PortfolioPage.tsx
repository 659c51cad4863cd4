import * as api from "../../api.ts";
import { useLoaded, useNow } from "../../hooks.ts";
import { type Book, dayName, expectedDay } from "../../portfolio.ts";
import { bookHref } from "../../route.ts";
import { Panel } from "../Panel.tsx";
import { BookPanel } from "./BookPanel.tsx";
import { BookTable } from "./BookTable.tsx";
import { ClientPage } from "./ClientPage.tsx";
import { Amount, Change, Grade } from "./Figures.tsx";
import { BookLights } from "./Lights.tsx";

/** The portfolios: the book on the left, the opened client beside it, or instead of it on a phone. */
export function PortfolioPage({ clientId }: { readonly clientId: string | null }) {
  const book = useLoaded("book", api.readBook);
  return (
    <main className="panes panes-portfolio">
      <section className="list list-scroll" aria-label="Clients">
        <Panel value={book.value} error={book.error} onRetry={book.reload} what="figures">
          {(value) => (
            <>
              <Overview book={value} />
              <BookTable book={value} selectedId={clientId} />
            </>
          )}
        </Panel>
      </section>
      {clientId === null ? (
        <section className="detail" aria-label="The book"><BookPanel /></section>
      ) : (
        <section className="detail" aria-label="Opened client" key={clientId}>
          <a className="button button-quiet back" href={bookHref()}>← Clients</a>
          <ClientPage clientId={clientId} />
        </section>
      )}
    </main>
  );
}

/** Day, what is late or missing, and the totals: one for each currency, since they do not add. */
function Overview({ book }: { readonly book: Book }) {
  const expected = expectedDay(new Date(useNow(60_000)));
  if (book.clients === 0) return <p className="empty">No client is in your care.</p>;
  if (book.as_of === null) {
    return <p className="empty">No figures yet: they come with the first night’s files.</p>;
  }
  return (
    <div className="book-head">
      <h2>{dayName(book.as_of)}</h2>
      {book.as_of < expected && (
        <p className="note" role="status">Those of {dayName(expected)} have not come: these are the newest figures.</p>
      )}
      {book.late > 0 && <p className="note">{clients(book.late)} with older figures, not in the totals.</p>}
      {book.without_figures > 0 && <p className="muted">{clients(book.without_figures)} without figures yet.</p>}
      <BookLights lights={book.lights} />
      <table>
        <caption className="visually-hidden">Totals by base currency</caption>
        <thead>
          <tr><th scope="col">Total</th><th scope="col" className="number">Value</th><th scope="col" className="number">Day P&amp;L</th></tr>
        </thead>
        <tbody>
          {book.totals.map((total) => (
            <tr key={total.base_ccy}>
              <th scope="row">{total.base_ccy} <span className="muted">{clients(total.clients)}</span> <Grade {...total} /></th>
              <td className="number"><b><Amount text={total.market_value} /></b></td>
              <td className="number"><Change text={total.pnl_total} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const clients = (count: number): string => (count === 1 ? "1 client" : `${count} clients`);
