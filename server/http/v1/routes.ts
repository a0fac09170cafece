/** What a route of the HTTP API is: what it reads of a request, the command it gives, and what it answers. */
import type { z } from "zod";
import type { Commands } from "@/agents/application";
import type { GuardedApplication } from "@/agents/guard/guard";
import { type Problem, problem } from "@/lib/http/problem";
import type { Parameter, Query } from "./query";

export interface ApiAnswer<Body = unknown> {
  status: number;
  body: Body;
  headers?: Record<string, string>;
}

/** A request after its body was checked. */
export interface Ask<Name extends Parameter = Parameter, Sent = unknown> {
  /** What stands for `:id` in the address; empty: nothing does. */
  id: string;
  query: Query<Name>;
  sent: Sent;
  /** The version that the asker has seen; absent: none was said. */
  ifMatch?: string;
  /** An id of the request's `Idempotency-Key` and who sent it. */
  once?: string;
}

export interface Route<Body = unknown> {
  /** Null: it only looks. */
  command: keyof Commands | null;
  query: readonly Parameter[];
  /** Checks the body; null: it takes none. */
  takes: z.ZodType | null;
  /** When all went well. */
  status: 200 | 201;
  /** `gives`: the version of what is read; `needs`: the version that is changed as `If-Match`, too. */
  etag?: "gives" | "needs";
  answer(app: GuardedApplication, ask: Ask): Promise<ApiAnswer<Body | Problem>>;
}

/** A query: `names` are the parameters that it reads. */
export function looks<Body, Name extends Parameter = never>(
  handle: (app: GuardedApplication, ask: Ask<Name>) => Promise<Body>,
  ...names: Name[]
): Route<Body> {
  return {
    ...{ command: null, query: names, takes: null, status: 200 },
    answer: async (app, ask) => ({ status: 200, body: await handle(app, ask) }),
  };
}

/** A query of everything that there is of a kind. */
export function lists<Item, Name extends Parameter = never>(
  handle: (app: GuardedApplication, ask: Ask<Name>) => Promise<Item[]>,
  ...names: Name[]
): Route<{ items: Item[]; next: null }> {
  return looks(async (app, ask: Ask<Name>) => ({ items: await handle(app, ask), next: null }), ...names);
}

/** A command whose body `takes` checks; null: it has none. */
export function does<Body, Sent = undefined>(
  command: keyof Commands,
  takes: z.ZodType<Sent> | null,
  handle: (app: GuardedApplication, ask: Ask<never, Sent>) => Promise<Body>,
): Route<Body> {
  const answer = async (app: GuardedApplication, ask: Ask) => ({
    status: 200,
    body: await handle(app, ask as Ask<never, Sent>),
  });
  return { command, query: [], takes, status: 200, answer };
}

/** The same for a command that makes something. */
export function makes<Body, Sent = undefined>(
  ...[command, takes, handle]: Parameters<typeof does<Body, Sent>>
): Route<Body> {
  const route = does(command, takes, handle);
  return { ...route, status: 201, answer: async (app, ask) => ({ ...(await route.answer(app, ask)), status: 201 }) };
}

export function refusal(status: number, sentence: string): ApiAnswer<Problem> {
  return { status, body: problem(status, sentence) };
}

/**
 * Whoever changes something says which version they have seen. Null: it is the live one, or they want to change any;
 * `isAny` tells which. Otherwise what refuses them.
 */
export function staleness(ifMatch: string | undefined, name: string, version: number): ApiAnswer<Problem> | null {
  if (ifMatch === undefined)
    return refusal(428, `Send If-Match with the version that you change: the ETag of GET, such as "3"; or * for any.`);
  if (isAny(ifMatch) || ifMatch.split(",").some((tag) => tag.trim() === `"${version}"`)) return null;
  return refusal(412, `${name} is at version ${version} by now: read it again, and send that version as If-Match.`);
}

export const isAny = (ifMatch: string | undefined): boolean => ifMatch?.trim() === "*";
