import { useState } from "react";

import type { Candidate, Decision } from "../../workspace.ts";
import { EvidenceText } from "../inbox/EvidenceText.tsx";
import { Moment } from "../Moment.tsx";

interface Props {
  readonly candidate: Candidate;
  readonly error: string | null;
  readonly onDecide: (decision: Decision, note: string) => Promise<void>;
}

const DECISIONS: readonly (readonly [decision: Decision, word: string, means: string])[] = [
  ["accept", "It is the client", "This article was about the client: learn from it"],
  ["alias", "Accept and keep the name", "The name in the article is one of the client’s: the next article with it alerts"],
  ["reject", "Not the client", "This article was about somebody else"],
  ["block", "Reject and block the name", "The name never means this client"],
];
const NOTE_CHARS = 1000;

/** One article with the reasons for and against, and the decisions. */
export function CandidateDetail({ candidate, error, onDecide }: Props) {
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const decide = async (decision: Decision): Promise<void> => {
    setBusy(true);
    await onDecide(decision, note.trim());
    setBusy(false);
  };
  const { client, published_at: published } = candidate;
  return (
    <article data-opened={candidate.candidate_id}>
      <header className="detail-head">
        <p className="row-head">
          <span className="row-client">{client.display}</span>
          <span className="topic">{[candidate.publisher, "review"].filter(Boolean).join(" · ")}</span>
          {published !== null && <span className="muted"><Moment at={published} /></span>}
        </p>
        <h2>{candidate.headline}</h2>
        <p className="why">{candidate.why}</p>
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
        {error !== null && <p className="field-error" role="alert">{error}</p>}
      </header>
      <EvidenceText
        headline={candidate.headline} body={candidate.body} evidence={candidate.evidence} client={client.display}
      />
    </article>
  );
}
