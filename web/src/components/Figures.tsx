import { change, direction, type Graded, type Quality, rate, type Status } from "../portfolio.ts";

const QUALITY_WORDS: Record<Exclude<Quality, "ok">, [word: string, meaning: string]> = {
  restated: ["Restated price", "A price or rate was corrected after it had been used"],
  stale: ["Stale price", "No price of the day: the last known one is used"],
  estimated: ["Estimated", "No market price: the custodian’s own price is used"],
  missing: ["Price missing", "No price or rate at all: counted as zero"],
};
const STATUS_WORDS: Record<Exclude<Status, "final">, [word: string, meaning: string]> = {
  flash: ["Flash", "Not every file of the day has come: figures may change"],
  restated: ["Restated", "Figures that were final have been corrected"],
};

/** What keeps figures from being plain and final, in words; nothing when nothing does. */
export function Grade({ quality, status, note = "" }: Partial<Graded> & { readonly note?: string }) {
  const found = [
    ...(status === undefined || status === "final" ? [] : [[status, ...STATUS_WORDS[status]] as const]),
    ...(quality === undefined || quality === "ok" ? [] : [[quality, ...QUALITY_WORDS[quality]] as const]),
  ];
  if (found.length === 0) return null;
  return (
    <span className="badges">
      {found.map(([kind, word, meaning]) => (
        <span key={word} className={`badge grade-${kind}`} title={meaning}>{word}{note}</span>
      ))}
    </span>
  );
}

/** A gain or loss: by sign and arrow as well as colour. */
export function Change({ text }: { readonly text: string }) {
  return <span className={`change ${direction(text)}`}>{change(text)}</span>;
}

/** A return: by sign and arrow as well as colour. */
export function Return({ text }: { readonly text: string }) {
  return <span className={`change ${direction(text)}`}>{rate(text)}</span>;
}
