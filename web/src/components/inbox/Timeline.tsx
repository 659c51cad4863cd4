import type { AlertEvent, Feedback } from "../../types.ts";
import { Moment } from "../Moment.tsx";

interface Props {
  readonly events: readonly AlertEvent[];
  readonly feedback: readonly Feedback[];
}

/** What was done about the alert and thought of it, by whom and when, oldest first. */
export function Timeline({ events, feedback }: Props) {
  if (events.length === 0 && feedback.length === 0) return null;
  return (
    <section aria-label="History">
      <h3>History</h3>
      <ol className="timeline">
        {events.map((event, index) => (
          <li key={index}>
            <b>{event.kind.replaceAll("_", " ")}</b> <span>{event.actor}</span> <Moment at={event.at} />
            {typeof event.detail.note === "string" && <q>{event.detail.note}</q>}
            {typeof event.detail.dismissal_reason === "string" && <q>{event.detail.dismissal_reason.replaceAll("_", " ")}</q>}
          </li>
        ))}
        {feedback.map((one) => (
          <li key={one.feedback_id}>
            <b>{one.useful ? "useful" : "not useful"}</b> <span>{one.rm_id}</span> <Moment at={one.at} />
            {one.reason !== null && <q>{one.reason.replaceAll("_", " ")}</q>}
            {one.note !== "" && <q>{one.note}</q>}
          </li>
        ))}
      </ol>
    </section>
  );
}
