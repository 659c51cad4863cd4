import { type Book, gravest, type Health, type Level, LEVEL_WORDS, type Light } from "../../portfolio.ts";
import { Grade } from "./Figures.tsx";

interface MarkProps {
  readonly level: Light["level"];
  readonly note?: string;
}

/** A traffic light by word and shape as well as colour. */
export function LightMark({ level, note = "" }: MarkProps) {
  return <span className={`badge light light-${level}`}>{LEVEL_WORDS[level]}{note}</span>;
}

/** What the rules say of a client: the reasons of what is not green, and the green ones on demand. */
export function LightsPanel({ lights }: { readonly lights: Health["lights"] }) {
  const ordered = gravest(lights.rules);
  const lit = ordered.filter((light) => light.level === "red" || light.level === "amber");
  const rest = ordered.slice(lit.length);
  return (
    <section aria-label="Rules">
      <h3>Rules <LightMark level={lights.level} /> <Grade {...lights} /></h3>
      {lit.length === 0 && <p className="muted">No rule is amber or red.</p>}
      <Reasons lights={lit} />
      {rest.length > 0 && (
        <details>
          <summary>{rest.length} others</summary>
          <Reasons lights={rest} />
        </details>
      )}
    </section>
  );
}

function Reasons({ lights }: { readonly lights: readonly Light[] }) {
  if (lights.length === 0) return null;
  return (
    <dl className="facts lights">
      {lights.map((light) => (
        <div key={light.rule}>
          <dt><LightMark level={light.level} /> {light.title}</dt>
          <dd>{light.reason}</dd>
        </div>
      ))}
    </dl>
  );
}

/** In a row of the book: the worst level and which rules make it so; nothing while all is green. */
export function RowLight({ level, lights }: { readonly level: Level; readonly lights: readonly Light[] }) {
  if (level === "green") return null;
  const names = gravest(lights).map((light) => light.title.toLowerCase()).join(", ");
  return (
    <span className="row-light" title={lights.map((light) => light.reason).join("\n")}>
      <LightMark level={level} /> <span className="muted">{names}</span>
    </span>
  );
}

/** The whole book: how many clients are of each level, and which rules are behind it. */
export function BookLights({ lights }: { readonly lights: Book["lights"] }) {
  const lit = lights.rules.filter(({ red, amber }) => red + amber > 0);
  return (
    <section aria-label="Rules over the book">
      <p className="badges">
        {(["red", "amber", "green"] as const).map((level) => <LightMark key={level} level={level} note={` ${lights[level]}`} />)}
      </p>
      {lit.length > 0 && (
        <details>
          <summary>By rule</summary>
          <dl className="facts">
            {lit.map(({ rule, title, red, amber }) => (
              <div key={rule}><dt>{title}</dt><dd>{red} red, {amber} amber</dd></div>
            ))}
          </dl>
        </details>
      )}
    </section>
  );
}
