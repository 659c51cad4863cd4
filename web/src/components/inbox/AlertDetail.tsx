import { bookHref } from "../../route.ts";
import { percent, safeUrl } from "../../text.ts";
import type { Alert, AlertRecord, Source } from "../../types.ts";
import { Moment } from "../Moment.tsx";
import { Actions } from "./Actions.tsx";
import { Badges, SeverityMark } from "./Badges.tsx";
import { EvidenceText } from "./EvidenceText.tsx";
import { Provenance } from "./Provenance.tsx";
import { Related } from "./Related.tsx";
import { Timeline } from "./Timeline.tsx";

interface Props {
  readonly alert: Alert;
  /** The same alert with its history, once that is read. */
  readonly record: AlertRecord | null;
  readonly error: string | null;
}

/** Everything about one alert, most wanted first: what, why, summary, sources, the text with its evidence, its path. */
export function AlertDetail({ alert, record, error }: Props) {
  return (
    <article className={alert.status === "retracted" ? "is-retracted" : undefined} data-opened={alert.alert_id}>
      <header className="detail-head">
        <p className="row-head">
          <SeverityMark severity={alert.severity} />
          <a className="row-client" href={bookHref(alert.client.id)} title="Portfolio">{alert.client.display}</a>
          <span className="topic">{alert.topic}</span>
          <Badges alert={alert} />
        </p>
        <h2>{alert.headline}</h2>
        {alert.status === "retracted" && (
          <p className="note note-retracted">The provider withdrew this story. Do not act on it.</p>
        )}
        <p className="why">{alert.why}</p>
        <div className="scores">
          <Score name="Match" hint="How sure it is this client" share={alert.match.score} value={percent(alert.match.score)} />
          <Score name="Relevance" hint="How much it is about them" share={alert.relevance} value={percent(alert.relevance)} />
          <Score name="Novelty" hint="How new the story is" share={alert.novelty / 100} value={`${Math.round(alert.novelty)}`} />
        </div>
        <Actions alert={alert} error={error} />
      </header>

      <Summary alert={alert} />
      <section aria-label="Sources">
        <h3>Sources</h3>
        <ol className="sources">{alert.sources.map((source) => <SourceItem key={source.article_id} source={source} />)}</ol>
      </section>
      <EvidenceText
        headline={alert.headline} body={alert.body} evidence={alert.match.evidence} client={alert.client.display}
      />
      <Related alert={alert} />
      {record !== null && <Timeline events={record.events} feedback={record.feedback} />}
      <Provenance alert={alert} />
    </article>
  );
}

function Summary({ alert }: { readonly alert: Alert }) {
  if (alert.summary.length === 0) return null;
  const numbers = new Map(alert.sources.map((source, index) => [source.article_id, index + 1]));
  return (
    <section aria-label="Summary">
      <h3>Summary</h3>
      <ul className="summary">
        {alert.summary.map((sentence, index) => (
          <li key={index}>
            {sentence.text}{" "}
            {sentence.source_ids.map((id) => numbers.get(id)).filter((n) => n !== undefined).map((n) => (
              <sup key={n} className="ref">[{n}]</sup>
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Score({ name, hint, share, value }: { name: string; hint: string; share: number; value: string }) {
  return (
    <div className="meter" title={hint}>
      <span>{name}</span>
      <b>{value}</b>
      <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        <rect width="100" height="4" />
        <rect className="meter-fill" width={100 * share} height="4" />
      </svg>
    </div>
  );
}

function SourceItem({ source }: { readonly source: Source }) {
  const url = safeUrl(source.url);
  const name = source.publisher ?? source.article_id;
  return (
    <li className={source.retracted ? "is-retracted" : undefined}>
      {url === null ? <b>{name}</b> : <a href={url} target="_blank" rel="noopener noreferrer">{name}</a>}
      {source.retracted && <span className="badge badge-retracted">Retracted</span>}
      <span className="source-headline">{source.headline}</span>
      {source.published_at !== null && <Moment at={source.published_at} />}
    </li>
  );
}
