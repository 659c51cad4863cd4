import { useState } from "react";

import { percent } from "../../text.ts";
import type { Candidate, Decision, NewDecision } from "../../workspace.ts";
import { SeverityMark } from "../inbox/Badges.tsx";
import { EvidenceText } from "../inbox/EvidenceText.tsx";
import { Moment } from "../Moment.tsx";

interface Props {
  readonly candidate: Candidate;
  readonly error: string | null;
  readonly onDecide: (decision: NewDecision) => Promise<void>;
}

const DECISIONS: readonly (readonly [decision: Decision, word: string, means: string])[] = [
  ["accept", "Accept", "It is about the client: becomes an alert, and the name and words beside it are learnt"],
  ["alias", "Keep the name", "The name is the client’s, but the article needs no alert"],
  ["reject", "Reject", "It is not about the client; nothing else follows"],
  ["block", "Block the name", "The name is somebody else’s, in texts with the same words beside it"],
];
const NOTE_CHARS = 2000;
const PHRASE_CHARS = 120;

/** One article with the reasons for and against, and the decisions. */
export function CandidateDetail({ candidate, error, onDecide }: Props) {
  const [note, setNote] = useState("");
  const [name, setName] = useState("");
  const [context, setContext] = useState("");
  const [busy, setBusy] = useState(false);
  const decide = async (decision: Decision): Promise<void> => {
    setBusy(true);
    await onDecide({ decision, note: note.trim(), name: name.trim() || null, context: context.trim() || null });
    setBusy(false);
  };
  const { client, contexts, mention } = candidate;
  return (
    <article data-opened={candidate.candidate_id}>
      <header className="detail-head">
        <p className="row-head">
          <SeverityMark severity={candidate.severity} />
          <span className="row-client">{client.display}</span>
          <span className="topic">{[candidate.topic, candidate.publisher].filter(Boolean).join(" · ")}</span>
          <span className="muted"><Moment at={candidate.published_at ?? candidate.received_at} /></span>
        </p>
        <h2>{candidate.headline}</h2>
        <p className="why">{candidate.why}</p>
        <p className="muted">Relevance {percent(candidate.relevance)}</p>
        <div className="pairs">
          <label className="field">
            Name that is meant
            <input value={name} maxLength={PHRASE_CHARS} placeholder={mention ?? ""}
              onChange={(event) => setName(event.target.value)} />
          </label>
          <label className="field">
            Words beside it that tell
            <input value={context} maxLength={PHRASE_CHARS} placeholder={contexts.join(", ")}
              onChange={(event) => setContext(event.target.value)} />
          </label>
        </div>
        <label className="field">
          Note, if you like
          <input value={note} maxLength={NOTE_CHARS} onChange={(event) => setNote(event.target.value)} />
        </label>
        <div className="actions" role="group" aria-label="Decision">
          {DECISIONS.map(([decision, word, means]) => (
            <button key={decision} className="button" type="button" title={means} disabled={busy}
              onClick={() => void decide(decision)}>
              {word}
            </button>
          ))}
        </div>
        <dl className="meanings">
          {DECISIONS.map(([decision, word, means]) => <div key={decision}><dt>{word}</dt><dd>{means}.</dd></div>)}
        </dl>
        {error !== null && <p className="field-error" role="alert">{error}</p>}
      </header>
      <EvidenceText
        headline={candidate.headline} body={candidate.body} evidence={candidate.match.evidence} client={client.display}
      />
    </article>
  );
}
