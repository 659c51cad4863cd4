import { memo } from "react";

import { useTimes } from "../../desk.ts";
import { isUnread } from "../../feed.ts";
import { percent } from "../../text.ts";
import { age } from "../../time.ts";
import type { Alert } from "../../types.ts";
import { Acknowledge } from "./Actions.tsx";
import { Badges, SeverityMark } from "./Badges.tsx";

interface Props {
  readonly alert: Alert;
  readonly href: string;
  readonly now: number;
  /** Place in the list from 0, of how many, and the height of each row in pixels. */
  readonly at: number;
  readonly count: number;
  readonly height: number;
  readonly selected: boolean;
  readonly touched: boolean;
  readonly error: string | null;
}

/** One alert in the list: client, what happened, why it is here, how sure, how new, how grave, when. */
export const AlertRow = memo(function AlertRow(
  { alert, href, now, at, count, height, selected, touched, error }: Props,
) {
  const times = useTimes();
  const { received, published } = alert.times;
  const since = received ?? published;
  const className = [
    "row",
    `severity-${alert.severity}`,
    isUnread(alert) ? "" : "is-done",
    alert.status === "retracted" ? "is-retracted" : "",
    selected ? "is-selected" : "",
  ].join(" ");

  return (
    <li className={className} data-alert-id={alert.alert_id} data-revision={alert.revision}
      aria-setsize={count} aria-posinset={at + 1} style={{ height, transform: `translateY(${at * height}px)` }}>
      {touched && <span key={alert.revision} className="flash" aria-hidden="true" />}
      <p className="row-head">
        <SeverityMark severity={alert.severity} />
        <span className="row-client">{alert.client.display}</span>
        <span className="topic">{[alert.topic, alert.sources[0]?.publisher].filter(Boolean).join(" · ")}</span>
        {since !== null && (
          <time className="age" dateTime={since} title={times.exact(since)}>{age(Date.parse(since), now)}</time>
        )}
      </p>
      <h3 className="row-headline">
        <a href={href} aria-current={selected ? "true" : undefined}>{alert.headline}</a>
      </h3>
      <p className="row-why">{alert.why}</p>
      <div className="row-foot">
        <span className="score">relevance <b>{percent(alert.relevance)}</b></span>
        <span className="score score-novelty">novelty <b>{Math.round(alert.novelty)}</b></span>
        <Badges alert={alert} />
        <Acknowledge alert={alert} error={error} />
      </div>
    </li>
  );
});
