// The portfolio's figures: their types, and their wording. Amounts stay decimal text: no sum is made in the browser.

export type Quality = "ok" | "restated" | "stale" | "estimated" | "missing";
export type Status = "flash" | "final" | "restated";

export interface Graded {
  readonly quality: Quality;
  readonly status: Status;
}

export interface Pnl {
  readonly total: string;
  readonly price: string;
  readonly fx: string;
  readonly trading: string;
  readonly income: string;
  readonly fees: string;
  readonly unexplained: string;
  readonly net_flows: string;
}

export interface Range extends Graded {
  readonly name: "day" | "wtd" | "mtd" | "ytd" | "1y";
  readonly first_day: string;
  readonly days: number;
  readonly complete: boolean;
  readonly pnl: Pnl;
  readonly twr: string;
}

export interface SeriesPoint extends Graded {
  readonly as_of: string;
  readonly market_value: string;
  readonly pnl_total: string;
  /** Time-weighted return since inception. */
  readonly twr: string;
}

export interface Share {
  readonly name: string | null;
  readonly market_value: string;
  readonly weight: string;
}

export interface Mover {
  readonly instrument_id: string;
  readonly pnl_total: string;
}

export type Level = "green" | "amber" | "red";

/** One rule: what was measured, and why it is of this level; `unknown` cannot be measured. */
export interface Light {
  readonly rule: string;
  readonly title: string;
  readonly level: Level | "unknown";
  readonly reason: string;
}

/** What a client's portfolio and a book's clients of one currency have in common. */
export interface Holdings extends Graded {
  readonly base_ccy: string;
  readonly ranges: readonly Range[];
  readonly drawdown: Graded & { readonly current: string; readonly worst_1y: string };
  readonly concentrations: Graded & {
    readonly top: string;
    readonly instrument: readonly Share[];
    readonly currency: readonly Share[];
    readonly issuer: readonly Share[];
    readonly asset_class: readonly Share[];
    readonly country: readonly Share[];
  };
  readonly movers: Graded & { readonly best: readonly Mover[]; readonly worst: readonly Mover[] };
  readonly series: readonly SeriesPoint[];
}

export interface Health extends Holdings {
  readonly client_id: string;
  readonly display: string;
  readonly as_of: string;
  readonly computed_at: string;
  readonly revision: number;
  readonly value: Graded & {
    readonly market_value: string;
    readonly positions: number;
    readonly quality_counts: Readonly<Partial<Record<Quality, number>>>;
  };
  readonly lights: Graded & { readonly level: Level; readonly rules: readonly Light[] };
}

export interface CurrencyHealth extends Holdings {
  readonly clients: number;
  readonly market_value: string;
}

export interface BookHealth {
  readonly as_of: string | null;
  readonly currencies: readonly CurrencyHealth[];
}

export interface Position {
  readonly account_id: string;
  readonly id_type: string;
  readonly instrument_id: string;
  readonly quantity: string;
  readonly price: string | null;
  readonly price_ccy: string | null;
  readonly price_date: string | null;
  readonly market_value: string;
  readonly weight: string;
  readonly pnl: Pnl;
  readonly quality: Quality;
  readonly quality_days: number | null;
}

export interface PositionPage extends Graded {
  readonly as_of: string;
  readonly revision: number;
  readonly items: readonly Position[];
  readonly next: string | null;
}

export interface BookFigures extends Graded {
  readonly as_of: string;
  readonly late: boolean;
  readonly base_ccy: string;
  readonly market_value: string;
  readonly pnl_total: string;
  readonly daily_return: string;
  readonly drawdown: string;
  readonly top_concentration: string;
  readonly level: Level;
  /** The rules that are amber or red. */
  readonly lights: readonly Light[];
}

export interface BookClient {
  readonly client_id: string;
  readonly display: string;
  readonly figures: BookFigures | null;
}

export interface BookTotal extends Graded {
  readonly base_ccy: string;
  readonly clients: number;
  readonly market_value: string;
  readonly pnl_total: string;
}

export interface LightCount {
  readonly rule: string;
  readonly title: string;
  readonly amber: number;
  readonly red: number;
}

export interface Book {
  readonly as_of: string | null;
  readonly clients: number;
  readonly late: number;
  readonly without_figures: number;
  readonly totals: readonly BookTotal[];
  readonly lights: Readonly<Record<Level, number>> & { readonly rules: readonly LightCount[] };
  readonly items: readonly BookClient[];
  readonly next: string | null;
}

// Given text, the formatter keeps every digit; a number would be rounded to a binary one.
type Digits = Intl.StringNumericLiteral;
const amounts = new Intl.NumberFormat(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const changes = new Intl.NumberFormat(undefined, {
  minimumFractionDigits: 2, maximumFractionDigits: 2, signDisplay: "exceptZero",
});
const quantities = new Intl.NumberFormat(undefined, { maximumFractionDigits: 10 });
const shares = new Intl.NumberFormat(undefined, {
  style: "percent", minimumFractionDigits: 2, maximumFractionDigits: 2,
});
const returns = new Intl.NumberFormat(undefined, {
  style: "percent", minimumFractionDigits: 2, maximumFractionDigits: 2, signDisplay: "exceptZero",
});
const days = new Intl.DateTimeFormat(undefined, {
  weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: "UTC",
});
const shortDays = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", timeZone: "UTC" });

export const amount = (text: string): string => amounts.format(text as Digits);
export const change = (text: string): string => changes.format(text as Digits);
export const quantity = (text: string): string => quantities.format(text as Digits);
export const share = (text: string): string => shares.format(text as Digits);
export const rate = (text: string): string => returns.format(text as Digits);

/** A calendar day in full; it has no zone. */
export const dayName = (day: string): string => days.format(Date.parse(`${day}T00:00:00Z`));

/** A calendar day without its year. */
export const shortDay = (day: string): string => shortDays.format(Date.parse(`${day}T00:00:00Z`));

/** Whether a figure is a gain, a loss or neither. */
export function direction(text: string): "gain" | "loss" | "flat" {
  if (!/[1-9]/.test(text)) return "flat";
  return text.startsWith("-") ? "loss" : "gain";
}

export const LEVEL_WORDS: Record<Light["level"], string> = {
  red: "Red", amber: "Amber", green: "Green", unknown: "Not known",
};
const GRAVITY: readonly Light["level"][] = ["red", "amber", "unknown", "green"];

/** The gravest first, otherwise in the order of the rules. */
export const gravest = (lights: readonly Light[]): readonly Light[] =>
  [...lights].sort((one, other) => GRAVITY.indexOf(one.level) - GRAVITY.indexOf(other.level));

/** How many clients, in words. */
export const clientCount = (count: number): string => (count === 1 ? "1 client" : `${count} clients`);

export const RANGE_NAMES: Record<Range["name"], string> = {
  day: "Day", wtd: "Week", mtd: "Month", ytd: "Year to date", "1y": "1 year",
};

/** The newest day whose figures can be there this morning: the last weekday before today in the reader's zone. */
export function expectedDay(now: Date): string {
  const day = new Date(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate()));
  do day.setUTCDate(day.getUTCDate() - 1);
  while (day.getUTCDay() % 6 === 0);
  return day.toISOString().slice(0, 10);
}
