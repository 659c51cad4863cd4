import { useDesk } from "../../desk.ts";
import { amount, change, direction, type Graded, type Quality, quantity, rate, type Status } from "../../portfolio.ts";

const QUALITY_WORDS: Record<Exclude<Quality, "ok">, [word: string, meaning: string]> = {
  restated: ["Restated price", "A price or rate was corrected after it had been used"],
  stale: ["Stale price", "No price of the day: the last known one is used"],
  estimated: ["Estimated", "No market price: the custodian’s own price is used"],
  missing: ["Price missing", "No price or rate at all: counted as zero"],
};
const STATUS_WORDS: Record<Status, [word: string, meaning: string]> = {
  flash: ["Flash", "Not every file of the day has come: figures may change"],
  final: ["Final", "Every file of the day has come"],
  restated: ["Restated", "Figures that were final have been corrected"],
};
const HIDDEN = "•••••";

interface GradeProps extends Partial<Graded> {
  readonly note?: string;
  /** Say `Final` too, where it is the heading of everything below. */
  readonly withFinal?: boolean;
}

/** What keeps figures from being plain and final, in words; nothing when nothing does. */
export function Grade({ quality, status, note = "", withFinal = false }: GradeProps) {
  const found = [
    ...(status === undefined || (status === "final" && !withFinal) ? [] : [[status, ...STATUS_WORDS[status]] as const]),
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

interface Text {
  readonly text: string;
}

/** Money; dots while the reader hides amounts from whoever looks over the shoulder. */
export function Amount({ text }: Text) {
  const { preferences } = useDesk();
  return preferences.hide_amounts ? <span className="hidden-amount" title="Hidden">{HIDDEN}</span> : amount(text);
}

/** A gain or loss: by sign and arrow as well as colour. */
export function Change({ text }: Text) {
  const { preferences } = useDesk();
  return <span className={`change ${direction(text)}`}>{preferences.hide_amounts ? HIDDEN : change(text)}</span>;
}

/** A return, never hidden: by sign and arrow as well as colour. */
export function Return({ text }: Text) {
  return <span className={`change ${direction(text)}`}>{rate(text)}</span>;
}

/** A flow, which is neither gain nor loss. */
export function Flow({ text }: Text) {
  const { preferences } = useDesk();
  return preferences.hide_amounts ? HIDDEN : change(text);
}

/** How many units are held; hidden with the amounts, since the price is public. */
export function Units({ text }: Text) {
  const { preferences } = useDesk();
  return preferences.hide_amounts ? HIDDEN : quantity(text);
}
