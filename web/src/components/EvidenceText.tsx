import { highlight } from "../text.ts";
import type { Alert } from "../types.ts";

/** The article with the words that made it an alert marked, and what each reason weighed. */
export function EvidenceText({ alert }: { readonly alert: Alert }) {
  const { evidence } = alert.match;
  const pieces = highlight(`${alert.headline}\n${alert.body}`, evidence);
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
          <h3>Why we think it is {alert.client.display}</h3>
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
