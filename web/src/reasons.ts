// Why an alert needs nothing done, or was of no use: as the server knows it, and in words.

import type { DismissalReason, FeedbackReason } from "./types.ts";

export const DISMISSAL_REASONS: readonly (readonly [reason: DismissalReason, words: string])[] = [
  ["not_relevant", "Not relevant"],
  ["already_known", "Already known"],
  ["wrong_person", "Wrong person"],
  ["duplicate", "Duplicate"],
  ["other", "Other"],
];

export const FEEDBACK_REASONS: readonly (readonly [reason: FeedbackReason, words: string])[] = [
  ["wrong_person", "Wrong person"],
  ["old", "Old news"],
  ["duplicate", "Duplicate"],
  ["not_material", "Not material"],
  ["bad_summary", "Bad summary"],
];
