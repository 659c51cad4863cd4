// Why an alert was of no use, as the server knows it and in words.

import type { FeedbackReason } from "./types.ts";

export const REASONS: readonly (readonly [reason: FeedbackReason, words: string])[] = [
  ["wrong_person", "Wrong person"],
  ["old", "Old news"],
  ["duplicate", "Duplicate"],
  ["not_material", "Not material"],
  ["bad_summary", "Bad summary"],
];
