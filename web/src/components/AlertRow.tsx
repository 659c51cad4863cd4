import { memo } from "react";

import { alertHref } from "../hooks.ts";
import { percent } from "../text.ts";
import { age, exactTime } from "../time.ts";
import type { Alert } from "../types.ts";
import { Acknowledge } from "./Acknowledge.tsx";
import { Badges, SeverityMark } from "./Badges.tsx";

interface Props {
  readonly alert: Alert;
  readonly now: number;
  readonly selected: boolean;
  readonly touched: boolean;
  readonly ackError: string | null;
  readonly onAcknowledge: (id: string) => Promise<void>;
}

/** One alert in the list: client, what happened, why it is here, how sure, how new, how grave, when. */
export const AlertRow = memo(function AlertRow({ alert, now, selected, touched, ackError, onAcknowledge }: Props) {
  const { alert_id: id, times } = alert;
  const received = times.received ?? times.published;
  const className = [
    "row",
    `severity-${alert.severity}`,
    alert.state === "acknowledged" ? "is-done" : "",
    alert.status === "retracted" ? "is-retracted" : "",
    selected ? "is-selected" : "",
  ].join(" ");

  return (
    <li className={className} data-alert-id={id} data-revision={alert.revision}>
      {touched && <span key={alert.revision} className="flash" aria-hidden="true" />}
      <p className="row-head">
        <SeverityMark severity={alert.severity} />
        <span className="row-client">{alert.client.display}</span>
        <span className="topic">{[alert.topic, alert.sources[0]?.publisher].filter(Boolean).join(" · ")}</span>
        {received !== null && (
          <time className="age" dateTime={received} title={exactTime(received)}>{age(Date.parse(received), now)}</time>
        )}
      </p>
      <h3 className="row-headline">
        <a href={alertHref(id)} aria-current={selected ? "true" : undefined}>{alert.headline}</a>
      </h3>
      {alert.summary[0] && <p className="row-summary">{alert.summary[0].text}</p>}
      <p className="row-why">{alert.why}</p>
      <div className="row-foot">
        <span className="score">relevance <b>{percent(alert.relevance)}</b></span>
        <span className="score">novelty <b>{Math.round(alert.novelty)}</b></span>
        <Badges alert={alert} />
        <Acknowledge alert={alert} error={ackError} onAcknowledge={onAcknowledge} />
      </div>
    </li>
  );
});
