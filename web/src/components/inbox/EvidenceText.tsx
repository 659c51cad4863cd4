import { highlight } from "../../text.ts";
import type { Evidence } from "../../types.ts";

interface Props {
  readonly headline: string;
  readonly body: string;
  readonly evidence: readonly Evidence[];
  /** Whom the evidence is about. */
  readonly client: string;
}

/** The article with the words that made it an alert marked, and what each reason weighed. */
export function EvidenceText({ headline, body, evidence, client }: Props) {
  const pieces = highlight(`${headline}\n${body}`, evidence);
  return (
    <>
      <section aria-label="Text">
        <h3>Text</h3>
        <div className="article">
          {pieces.map((piece, index) =>
            piece.note === null ? piece.text : <mark key={index} title={piece.note}>{piece.text}</mark>,
          )}
        </div>
      </section>
      {evidence.length > 0 && (
        <section aria-label="Evidence">
          <h3>Why we think it is {client}</h3>
          <table className="evidence">
            <tbody>
              {evidence.map((reason, index) => (
                <tr key={index}>
                  <td>{reason.kind}</td>
                  <td>{reason.detail}</td>
                  <td className={reason.contribution < 0 ? "number against" : "number for"}>
                    {reason.contribution < 0 ? "−" : "+"}
                    {Math.abs(reason.contribution).toFixed(1)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </>
  );
}
