import * as api from "../../api.ts";
import { useLoaded } from "../../hooks.ts";
import { type Book, clientCount, dayName } from "../../portfolio.ts";
import { bookHref, WHOLE_BOOK_HREF } from "../../route.ts";
import { Panel } from "../Panel.tsx";
import { BookPanel } from "./BookPanel.tsx";
import { BookTable } from "./BookTable.tsx";
import { ClientPage } from "./ClientPage.tsx";
import { Amount, Change, Grade } from "./Figures.tsx";
import { LateNote } from "./Headline.tsx";
import { BookLights } from "./Lights.tsx";

interface Props {
  readonly clientId: string | null;
  readonly whole: boolean;
}

/** The portfolios: the book on the left, beside it the opened client or the book as a whole; one of them on a phone. */
export function PortfolioPage({ clientId, whole }: Props) {
  const book = useLoaded("book", api.readBook);
  return (
    <main className="panes panes-portfolio">
      <section className="list list-scroll" aria-label="Clients">
        <Panel value={book.value} error={book.error} onRetry={book.reload} what="figures">
          {(value) => (
            <>
              <Overview book={value} whole={whole} />
              <BookTable book={value} selectedId={clientId} />
            </>
          )}
        </Panel>
      </section>
      <section className="detail" aria-label={clientId === null ? "The book" : "Opened client"} key={clientId}>
        <a className="button button-quiet back" href={bookHref()}>← Clients</a>
        {clientId === null ? <BookPanel /> : <ClientPage clientId={clientId} />}
      </section>
    </main>
  );
}

/** Day, what is late or missing, and the totals: one for each currency, since they do not add. */
function Overview({ book, whole }: { readonly book: Book; readonly whole: boolean }) {
  if (book.clients === 0) return <p className="empty">No client is in your care.</p>;
  if (book.as_of === null) {
    return <p className="empty">No figures yet: they come with the first night’s files.</p>;
  }
  return (
    <div className="book-head">
      <h2>{dayName(book.as_of)}</h2>
      <LateNote asOf={book.as_of} />
      {book.late > 0 && <p className="note">{clientCount(book.late)} with older figures, not in the totals.</p>}
      {book.without_figures > 0 && <p className="muted">{clientCount(book.without_figures)} without figures yet.</p>}
      <BookLights lights={book.lights} />
      <table>
        <caption className="visually-hidden">Totals by base currency</caption>
        <thead>
          <tr><th scope="col">Total</th><th scope="col" className="number">Value</th><th scope="col" className="number">Day P&amp;L</th></tr>
        </thead>
        <tbody>
          {book.totals.map((total) => (
            <tr key={total.base_ccy}>
              <th scope="row">{total.base_ccy} <span className="muted">{clientCount(total.clients)}</span> <Grade {...total} /></th>
              <td className="number"><b><Amount text={total.market_value} /></b></td>
              <td className="number"><Change text={total.pnl_total} /></td>
            </tr>
          ))}
        </tbody>
      </table>
      <a href={WHOLE_BOOK_HREF} aria-current={whole ? "page" : undefined}>The book as a whole</a>
    </div>
  );
}
