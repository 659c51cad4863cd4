import { useEffect, useState } from "react";

import * as api from "../../api.ts";
import { wording } from "../../hooks.ts";
import { usePages } from "../../pages.ts";
import { go, reviewHref } from "../../route.ts";
import { percent } from "../../text.ts";
import { useKeys } from "../../useKeys.ts";
import type { Candidate, Decided, Decision, NewDecision } from "../../workspace.ts";
import { SeverityMark } from "../inbox/Badges.tsx";
import { Panel } from "../Panel.tsx";
import { CandidateDetail } from "./CandidateDetail.tsx";

const REREAD_MS = 30_000;

/** Articles that may be about a client: the queue on the left, the opened one beside it with what to decide. */
export function ReviewPage({ candidateId }: { readonly candidateId: string | null }) {
  const queue = usePages("review", api.readCandidates);
  const [error, setError] = useState<string | null>(null);
  const [decided, setDecided] = useState<Decided | null>(null);
  const { hasMore, reload } = queue;
  useEffect(() => {
    // Whoever has read on further is not thrown back to the first page.
    if (hasMore) return;
    const timer = window.setInterval(reload, REREAD_MS);
    return () => window.clearInterval(timer);
  }, [hasMore, reload]);
  const candidates = queue.items ?? [];
  const at = candidates.findIndex((one) => one.candidate_id === candidateId);
  const opened = candidates[at];

  const decide = async (candidate: Candidate, decision: NewDecision): Promise<void> => {
    setError(null);
    try {
      setDecided(await api.decide(candidate.candidate_id, decision));
      const next = candidates[at + 1] ?? candidates[at - 1];
      queue.drop((one) => one.candidate_id === candidate.candidate_id);
      go(reviewHref(next?.candidate_id));
    } catch (problem) {
      setError(wording(problem));
    }
  };
  const move = (step: number): void => {
    const next = candidates[Math.max(0, Math.min(candidates.length - 1, at + step))];
    if (next !== undefined) go(reviewHref(next.candidate_id));
  };
  useKeys({ j: () => move(1), k: () => move(-1), Escape: () => go(reviewHref()) });

  return (
    <main className="panes">
      <section className="list list-scroll" aria-label="Review queue">
        <p className="note" role="status" hidden={decided === null}>{decided !== null && outcome(decided)}</p>
        <Panel value={queue.items} error={queue.items === null ? queue.error : null} onRetry={queue.reload} what="candidates">
          {(items) => <Queue items={items} openedId={candidateId} />}
        </Panel>
        {queue.hasMore && (
          <button className="button older" type="button" disabled={queue.loading} onClick={queue.more}>More</button>
        )}
      </section>
      {opened === undefined ? (
        <section className="detail hint" aria-label="Opened candidate">
          <h2>{candidateId === null ? "Select an article to decide about it" : "This article is not open for review"}</h2>
        </section>
      ) : (
        <section className="detail" aria-label="Opened candidate" key={opened.candidate_id}>
          <a className="button button-quiet back" href={reviewHref()}>← Queue</a>
          <CandidateDetail candidate={opened} error={error} onDecide={(decision) => decide(opened, decision)} />
        </section>
      )}
    </main>
  );
}

const OUTCOMES: Record<Decision, string> = {
  accept: "Accepted: it becomes an alert.",
  alias: "The name is kept; the article needs no alert.",
  reject: "Rejected.",
  block: "Blocked.",
};

/** What a decision did, and what it taught. */
function outcome({ decision, learned: { alias, block, contexts } }: Decided): string {
  const words = contexts.join(", ");
  const taught = [
    alias === null ? "" : ` “${alias}” is now a name of the client.`,
    block === null ? "" : ` “${block}” beside ${words} is somebody else from now on.`,
    block !== null || words === "" ? "" : ` Speaks for the client from now on: ${words}.`,
  ];
  return OUTCOMES[decision] + taught.join("");
}

function Queue({ items, openedId }: { readonly items: readonly Candidate[]; readonly openedId: string | null }) {
  if (items.length === 0) {
    return (
      <div className="empty">
        <h2>Nothing to review</h2>
        <p>Articles that may be about your clients, but not surely, come here.</p>
      </div>
    );
  }
  return (
    <ol className="queue">
      {items.map((one) => (
        <li key={one.candidate_id} className={one.candidate_id === openedId ? "row is-selected" : "row"}
          data-candidate-id={one.candidate_id}>
          <p className="row-head">
            <SeverityMark severity={one.severity} />
            <span className="row-client">{one.client.display}</span>
            <span className="topic">{[one.topic, one.publisher].filter(Boolean).join(" · ")}</span>
            <span className="age">{percent(one.relevance)}</span>
          </p>
          <h3 className="row-headline">
            <a href={reviewHref(one.candidate_id)} aria-current={one.candidate_id === openedId ? "true" : undefined}>
              {one.headline}
            </a>
          </h3>
          <p className="row-why">{one.why}</p>
        </li>
      ))}
    </ol>
  );
}
