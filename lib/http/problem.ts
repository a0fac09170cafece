import type { FieldIssue, Refusal } from "@/core/shapes/refusal";
import { PROBLEM_KINDS, type ProblemKind, typeOf } from "./problem-kinds";

/** Problem documents of RFC 9457: the HTTP API's answers to failed requests. */
export interface Problem {
  /** Which problem it is, for programs: `/problems/` and a name of `PROBLEM_KINDS`. */
  type: string;
  title: string;
  status: number;
  /** One sentence for people. */
  detail: string;
  /** The refusal's data for programs; only where a program can act on it. */
  refusal?: Refusal;
  /** The fields of the request that are wrong; `detail` is about the first. */
  issues?: readonly FieldIssue[];
}

export function problem(kind: ProblemKind, detail: string): Problem {
  const { title, status } = PROBLEM_KINDS[kind];
  return { type: typeOf(kind), title, status, detail };
}

/** The problem of each kind of `UserError`. */
const KIND_OF_ERROR: Readonly<Record<string, ProblemKind>> = {
  invalid: "invalid-request",
  forbidden: "forbidden",
  not_found: "not-found",
  conflict: "conflict",
  too_large: "too-large",
  unavailable: "unavailable",
};

const DAMAGED =
  "The task's log is damaged, so this action is not possible: restore a backup, or submit the task again.";

/**
 * Returns the problem for an error with a sentence for people. Errors are recognised by name and kind and not by class,
 * because a process that also runs Next.js has several copies of every class. Returns null for any other error, whose
 * text may reveal too much.
 */
export function problemOfError(error: unknown): Problem | null {
  if (error instanceof Error && error.name === "BrokenLogError") return problem("log-damaged", DAMAGED);
  if (!(error instanceof Error) || error.name !== "UserError" || !("kind" in error)) return null;
  const kind = typeof error.kind === "string" ? KIND_OF_ERROR[error.kind] : undefined;
  if (kind === undefined) return null;
  const refusal = "refusal" in error ? (error.refusal as Refusal | undefined) : undefined;
  const issues = "issues" in error ? (error.issues as Problem["issues"]) : undefined;
  return { ...problem(kind, error.message), ...(refusal && { refusal }), ...(issues?.length && { issues }) };
}
