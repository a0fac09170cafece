/** What a repeated request may not do again: see lib/http/idempotency.ts. */
import { createHash } from "node:crypto";
import { z } from "zod";
import { UserError } from "@/agents/application";
import type { Actor } from "@/core/rules/roles";
import type { Once } from "@/db/people/answers";
import type { Store } from "@/db/store";

/** Returns what the transaction stores with what it does, so that a repeated request gets this answer. */
export type First<Answer> = (answer: Answer) => Once | undefined;

/** What is kept of a tree that was made: it is answered as it is when somebody asks. */
export const madeTree = z.object({ id: z.string() });

/** What somebody asks for with `once`. The same value for another subject is another request. */
interface Asked {
  what: string;
  /** Id of what it is done to; empty: to nothing that is there yet. */
  subject?: string;
  once: string | undefined;
  /** Everything else that was sent. */
  input: object;
}

/**
 * Does something, unless it was done already for this actor, this subject and this `once` within a day, and returns its
 * answer. Throws UserError conflict when it was done with another input. A server that is killed before it answers has
 * done both or neither: `work` hands what `first` returns to its transaction. Where `work` makes something instead,
 * `name` names it, the same for each repetition; undefined without `once`.
 */
export async function doneOnce<Answer extends object>(
  { answers }: Pick<Store, "answers">,
  actor: Actor,
  { what, subject = "", once, input }: Asked,
  result: z.ZodType<Answer>,
  work: (first: First<Answer>, name: string | undefined) => Promise<Answer>,
): Promise<Answer> {
  if (once === undefined) return work(() => undefined, undefined);
  const key = JSON.stringify([actor.id, what, subject, once]);
  const inputHash = createHash("sha256").update(JSON.stringify(input)).digest("hex");
  const before = answers.doneWith(key);
  refuseOther(before, inputHash);
  if (before) return result.parse(before.answer);
  const first: First<Answer> = (answer) => ({ key, inputHash, answer });
  const answer = await work(first, `${key} ${inputHash}`);
  // Of two at the same time only one was done, which may have been the other.
  const done = answers.doneWith(key);
  refuseOther(done, inputHash);
  if (!done) await answers.note({ key, inputHash, answer });
  return answer;
}

function refuseOther(done: { inputHash: string } | undefined, inputHash: string): void {
  if (done === undefined || done.inputHash === "" || done.inputHash === inputHash) return;
  throw new UserError("conflict", "This value of `once` was used for another request: use a new one for each request.");
}
