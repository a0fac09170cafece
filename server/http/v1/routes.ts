/** Types and helpers for the routes of the HTTP API. */
import type { z } from "zod";
import type { GuardedApplication, Method } from "@/agents/guard/guard";
import type { AnyOperation } from "@/agents/operations/operation";
import { type Problem, problem } from "@/lib/http/problem";
import type { ProblemKind } from "@/lib/http/problem-kinds";
import type { Parameter, Query } from "./query";

export interface ApiAnswer<Body = unknown> {
  status: number;
  body: Body;
  headers?: Record<string, string>;
}

/** A request with a validated body. */
export interface Ask<Name extends Parameter = Parameter, Sent = unknown> {
  /** The value of `:id` in the address, or empty. */
  id: string;
  query: Query<Name>;
  sent: Sent;
  /** The `If-Match` header, if the client sent it. */
  ifMatch?: string;
  /** An id made of the `Idempotency-Key` and its sender. */
  once?: string;
}

export interface Route<Body = unknown> {
  /** null if the route only reads. */
  command: Method | null;
  query: readonly Parameter[];
  /** The schema of the body; null if there is no body. */
  takes: z.ZodType | null;
  /** The status of a successful answer. */
  status: 200 | 201;
  /** `gives`: returns the version as `ETag`. `needs`: also requires it as `If-Match`. */
  etag?: "gives" | "needs";
  /** The operation that it is derived from; other routes have their answer in `Answers`. */
  declared?: Pick<AnyOperation, "result" | "summary">;
  answer(app: GuardedApplication, ask: Ask): Promise<ApiAnswer<Body | Problem>>;
}

/** Returns a route that reads. `names` are its query parameters. */
export function reads<Body, Name extends Parameter = never>(
  handle: (app: GuardedApplication, ask: Ask<Name>) => Promise<Body>,
  ...names: Name[]
): Route<Body> {
  return {
    command: null,
    query: names,
    takes: null,
    status: 200,
    answer: async (app, ask) => ({ status: 200, body: await handle(app, ask) }),
  };
}

/** Returns a route that lists all items on one page. */
export function lists<Item, Name extends Parameter = never>(
  handle: (app: GuardedApplication, ask: Ask<Name>) => Promise<Item[]>,
  ...names: Name[]
): Route<{ items: Item[]; next: null }> {
  return reads(async (app, ask: Ask<Name>) => ({ items: await handle(app, ask), next: null }), ...names);
}

/** Returns a route that runs a command. `takes` is the schema of the body; null if there is no body. */
export function does<Body, Sent = undefined>(
  command: Method,
  takes: z.ZodType<Sent> | null,
  handle: (app: GuardedApplication, ask: Ask<never, Sent>) => Promise<Body>,
): Route<Body> {
  const answer = async (app: GuardedApplication, ask: Ask) => ({
    status: 200,
    body: await handle(app, ask as Ask<never, Sent>),
  });
  return { command, query: [], takes, status: 200, answer };
}

/** Like `does`, for a command that creates something: answers with 201. */
export function makes<Body, Sent = undefined>(
  ...[command, takes, handle]: Parameters<typeof does<Body, Sent>>
): Route<Body> {
  const route = does(command, takes, handle);
  return { ...route, status: 201, answer: async (app, ask) => ({ ...(await route.answer(app, ask)), status: 201 }) };
}

export function refusal(kind: ProblemKind, sentence: string): ApiAnswer<Problem> {
  const body = problem(kind, sentence);
  return { status: body.status, body };
}

/**
 * Returns the error if `If-Match` is missing or names an old version; null if it names the current version or any
 * (`*`).
 */
export function staleness(ifMatch: string | undefined, name: string, version: number): ApiAnswer<Problem> | null {
  if (ifMatch === undefined)
    return refusal(
      "version-required",
      `Send If-Match with the version to change: the ETag of GET, such as "3", or * for any version.`,
    );
  if (isAny(ifMatch) || ifMatch.split(",").some((tag) => tag.trim() === `"${version}"`)) return null;
  return refusal(
    "version-changed",
    `${name} is at version ${version} now. Read it again and send that version as If-Match.`,
  );
}

export const isAny = (ifMatch: string | undefined): boolean => ifMatch?.trim() === "*";
