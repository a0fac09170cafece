import type { FieldIssue, Refusal } from "@/core/shapes/refusal";

/** Problem documents of RFC 9457: the HTTP API's answers to failed requests. */
export interface Problem {
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

const TITLES: Record<number, string> = {
  400: "Invalid request",
  401: "Not signed in",
  403: "Forbidden",
  404: "Not found",
  405: "Method not allowed",
  409: "Conflict",
  412: "Changed meanwhile",
  413: "Too large",
  422: "Key used for another request",
  428: "Version required",
  429: "Too many requests",
  500: "Internal error",
  503: "Unavailable",
};

export function problem(status: number, detail: string): Problem {
  return { type: "about:blank", title: TITLES[status] ?? "Error", status, detail };
}

const STATUS_OF_KIND: Record<string, number> = {
  invalid: 400,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  unavailable: 503,
};

const DAMAGED =
  "The task's log is damaged, so this action is not possible: restore a backup, or submit the task again.";

/**
 * Returns the problem for an error with a sentence for people. Errors are recognised by name and kind and not by class,
 * because a process that also runs Next.js has several copies of every class. Returns null for any other error, whose
 * text may reveal too much.
 */
export function problemOfError(error: unknown): Problem | null {
  if (error instanceof Error && error.name === "BrokenLogError") return problem(409, DAMAGED);
  if (!(error instanceof Error) || error.name !== "UserError" || !("kind" in error)) return null;
  const status = typeof error.kind === "string" ? STATUS_OF_KIND[error.kind] : undefined;
  if (status === undefined) return null;
  const refusal = "refusal" in error ? (error.refusal as Refusal | undefined) : undefined;
  const issues = "issues" in error ? (error.issues as Problem["issues"]) : undefined;
  return { ...problem(status, error.message), ...(refusal && { refusal }), ...(issues?.length && { issues }) };
}
