/** What a repeated request may not do again: see lib/http/idempotency.ts. */

import type { z } from "zod";
import type { Actor } from "@/core/rules/roles";
import type { Once } from "@/db/people/answers";
import type { Store } from "@/db/store";

/** Returns what the transaction stores with what it does, so that a repeated request gets this answer. */
export type First<Answer> = (answer: Answer) => Once | undefined;

/**
 * Does something, unless it was done already for this actor and this `once` within a day, and returns its answer. A
 * server that is killed before it answers has done both or neither: `work` hands what `first` returns to its transaction.
 */
export async function doneOnce<Answer extends object>(
  { answers }: Pick<Store, "answers">,
  actor: Actor,
  what: string,
  once: string | undefined,
  result: z.ZodType<Answer>,
  work: (first: First<Answer>) => Promise<Answer>,
): Promise<Answer> {
  if (once === undefined) return work(() => undefined);
  const key = `${actor.id} ${what} ${once}`;
  const done = answers.doneWith(key);
  return done === undefined ? work((answer) => ({ key, answer })) : result.parse(done);
}
