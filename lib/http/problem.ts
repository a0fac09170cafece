import type { Refusal } from "@/core/shapes/refusal";

/** Problem documents of RFC 9457: what the HTTP API answers when it cannot do what was asked. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  /** One sentence for the person who meets it. */
  detail: string;
  /** What it is about, for programs; only where there is something to act on. */
  refusal?: Refusal;
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
  422: "Key used otherwise",
  428: "Version needed",
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
  "The task's log is damaged, so this cannot be done with it: restore a backup, or submit the task again.";

/**
 * The failures that carry a sentence for a person are told by their name and kind and not by their class: there is more
 * than one copy of every class in a process that also runs Next.js. Anything else is null: its text may tell too much.
 */
export function problemOfError(error: unknown): Problem | null {
  if (error instanceof Error && error.name === "BrokenLogError") return problem(409, DAMAGED);
  if (!(error instanceof Error) || error.name !== "UserError" || !("kind" in error)) return null;
  const status = typeof error.kind === "string" ? STATUS_OF_KIND[error.kind] : undefined;
  if (status === undefined) return null;
  const refusal = "refusal" in error ? (error.refusal as Refusal | undefined) : undefined;
  return { ...problem(status, error.message), ...(refusal && { refusal }) };
}
