/**
 * The problems that the server answers with, for every door. A program matches the `type`, which is a path without a
 * host: it is the same on every installation, and leads to the explanation on the server that sent it.
 */
interface KindOfProblem {
  status: number;
  title: string;
  /** What has happened. */
  means: string;
  /** What the client can do. */
  remedy: string;
}

export const PROBLEMS_PATH = "/problems";

export const PROBLEM_KINDS = {
  "invalid-request": {
    status: 400,
    title: "Invalid request",
    means: "A field, a parameter, a header or the address has a value that the server cannot use.",
    remedy: "Read `detail`, and `issues` for each wrong field. Correct the request; the same request fails again.",
  },
  "unknown-parameter": {
    status: 400,
    title: "Unknown parameter",
    means: "The address has a query parameter that it does not take.",
    remedy: "Remove or rename the parameter. `detail` lists those that the address takes.",
  },
  unauthorized: {
    status: 401,
    title: "Not signed in",
    means: "The request has no valid token and no valid session, or a delivery has no valid signature.",
    remedy: "Send `Authorization: Bearer` with a token of `npx banyan token create`, or sign in. Banyan has no OAuth.",
  },
  forbidden: {
    status: 403,
    title: "Forbidden",
    means: "The server knows the caller, who may not do this; or the request comes from another site or host name.",
    remedy: "Use a token or an account with the role that `detail` names.",
  },
  "not-found": {
    status: 404,
    title: "Not found",
    means: "Nothing is at this address, or the request names a thing that does not exist.",
    remedy: "Check the address and the ids. The thing may have been deleted.",
  },
  "method-not-allowed": {
    status: 405,
    title: "Method not allowed",
    means: "The address exists, but not with this method.",
    remedy: "Use a method of the `Allow` header.",
  },
  conflict: {
    status: 409,
    title: "Conflict",
    means: "The request is valid, but not possible in the current state, such as a retry of a running task.",
    remedy: "Read the current state, then decide again.",
  },
  "log-damaged": {
    status: 409,
    title: "Log damaged",
    means: "The log of the task is damaged, so the server cannot compute its state.",
    remedy: "Restore a backup, or submit the task again.",
  },
  "answer-shown-once": {
    status: 409,
    title: "Answer shown once",
    means: "A request with this `Idempotency-Key` has succeeded. Its answer holds a secret, so it is not repeated.",
    remedy: "To create another secret, send the request with a new key.",
  },
  "version-changed": {
    status: 412,
    title: "Changed meanwhile",
    means: "`If-Match` names an old version: somebody else has changed the entry.",
    remedy: "Read the entry again, apply your change to it, and send its new `ETag` as `If-Match`.",
  },
  "too-large": {
    status: 413,
    title: "Too large",
    means: "The body of the request, or the requested file, is larger than the limit.",
    remedy: "Put long text into a file in the workspace and name the file; or ask for a smaller part.",
  },
  "key-reused": {
    status: 422,
    title: "Key used for another request",
    means: "This `Idempotency-Key` belongs to a request with another address or body.",
    remedy: "Use a new key for each request, and the same key only to repeat a request.",
  },
  "version-required": {
    status: 428,
    title: "Version required",
    means: "The request changes an entry and does not say which version the caller has seen.",
    remedy: "Send the `ETag` of GET as `If-Match`, or `*` for any version.",
  },
  "too-many-requests": {
    status: 429,
    title: "Too many requests",
    means: "This address has sent too many wrong tokens, links or signatures. Valid tokens are still accepted.",
    remedy: "Wait for the seconds of `Retry-After`, and correct the token.",
  },
  "internal-error": {
    status: 500,
    title: "Internal error",
    means: "The server failed. Committed work is safe.",
    remedy: "Repeat the request, a POST with the same `Idempotency-Key`. The server's output names the cause.",
  },
  "bad-gateway": {
    status: 502,
    title: "No answer from the service",
    means: "The service of an environment did not answer.",
    remedy: "Read the log of the environment.",
  },
  unavailable: {
    status: 503,
    title: "Unavailable",
    means: "The server, or a part that the request needs, is not available at the moment.",
    remedy: "Wait a moment, then repeat the request.",
  },
} as const satisfies Readonly<Record<string, KindOfProblem>>;

export type ProblemKind = keyof typeof PROBLEM_KINDS;

export function typeOf(kind: ProblemKind): string {
  return `${PROBLEMS_PATH}/${kind}`;
}

/** Returns the explanation of a kind as text; null if there is no such kind. */
export function explained(kind: string): string | null {
  if (!Object.hasOwn(PROBLEM_KINDS, kind)) return null;
  const { title, status, means, remedy } = PROBLEM_KINDS[kind as ProblemKind];
  return `${title} (${status})\n\n${means}\n\nWhat to do: ${remedy}`;
}
