import type { Review } from "./shapes";

/** What is wrong with one field of a request. */
export interface FieldIssue {
  /** Where the field stands in the request. */
  path: readonly (string | number)[];
  /** A whole sentence for people, which does not name the field. */
  message: string;
}

/**
 * The machine-readable reason of a refusal. The sentence next to it is for people, and code must not parse it. A refusal
 * without a code has only a sentence.
 */
export type Refusal =
  /** The parent has read the task's result, so the task cannot be retried; fork it instead. */
  | { code: "result_was_read" }
  /** The grant does not cover another turn; the amounts to add. */
  | { code: "grant_used_up"; usd?: number; tokens?: number; seconds?: number }
  /** The provider no longer has the task's model; name another one. */
  | { code: "model_missing" }
  /** `by` is who decided it, or null when it was withdrawn. `status` says how. */
  | { code: "already_decided"; by: string | null; status?: Exclude<Review["status"], "open"> }
  /** This field of the request cannot be what it is. */
  | { code: "wrong_field"; field: "workspace" | "model" }
  /** This part of a schedule cannot be what it is. */
  | { code: "wrong_time"; field: "cron" | "zone" }
  /** The other one of two trees still works, and the request does not say that it may be stopped. */
  | { code: "other_runs" }
  /** The text of a runbook has an error in this line, counted from 1. */
  | { code: "wrong_line"; line: number };

/** Returns the field that a refusal names by its code. */
export function issuesOf(refusal: Refusal | undefined, message: string): FieldIssue[] | undefined {
  if (refusal?.code === "wrong_field" || refusal?.code === "wrong_time") return [{ path: [refusal.field], message }];
  return refusal?.code === "model_missing" ? [{ path: ["model"], message }] : undefined;
}
