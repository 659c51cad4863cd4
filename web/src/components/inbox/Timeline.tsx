import type { AlertEvent } from "../../types.ts";
import { Moment } from "../Moment.tsx";

/** What was done about the alert, by whom and when, oldest first. */
export function Timeline({ events }: { readonly events: readonly AlertEvent[] }) {
  if (events.length === 0) return null;
  return (
    <section aria-label="History">
      <h3>History</h3>
      <ol className="timeline">
        {events.map((event, index) => (
          <li key={index}>
            <b>{event.kind.replaceAll("_", " ")}</b> <span>{event.actor}</span> <Moment at={event.at} />
            {typeof event.detail?.note === "string" && <q>{event.detail.note}</q>}
            {typeof event.detail?.reason === "string" && <q>{event.detail.reason.replaceAll("_", " ")}</q>}
          </li>
        ))}
      </ol>
    </section>
  );
}
