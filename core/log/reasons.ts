/** The closed list of reasons why a task failed or was stopped. `core/words/reasons.ts` says each in words. */
export const REASONS = [
  "model_error",
  "refused",
  "bad_request",
  "no_model",
  "no_key",
  "no_price",
  "invalid_replies",
  "endless_reply",
  "timeout",
  "runaway",
  "out_of_iterations",
  "no_progress",
  "criteria_unreachable",
  "out_of_grant",
  "claims_failed",
  "judged_failed",
  "dependency_failed",
  "ask_timeout",
  "parent_ended",
  "by_agent",
  "by_person",
  "by_parent",
  "by_supervisor",
  "broken_log",
  "internal",
] as const;

/** Why a task waits, failed or was stopped. */
export type Reason = (typeof REASONS)[number];
