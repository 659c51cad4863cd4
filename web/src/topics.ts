// What alerts can be about, in the server's order, and other fixed words of the filters.

export const TOPICS = [
  "death", "arrest", "litigation", "sanction", "divorce", "ipo", "acquisition", "sale", "appointment",
  "resignation", "results", "funding", "philanthropy", "accident", "health", "award", "other",
] as const;

export const SEVERITIES = ["critical", "important", "info"] as const;
export const STATES = ["new", "acknowledged", "snoozed", "dismissed", "escalated"] as const;
