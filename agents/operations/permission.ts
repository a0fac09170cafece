import { UserError } from "@/agents/application";
import { type Actor, may, type Permission, refusalOf } from "@/core/rules/roles";
import { WATCHER } from "@/db/people/watcher";

/** The methods that a token for one task may call, for that task only. */
export const OF_ONE_TASK = ["getTask", "listMessages", "getMessage"] as const;

/** Returns why the actor may not call the method, which needs this right (undefined: nobody may); null when they may. */
export function refusal(actor: Actor, needed: Permission | undefined, method: string): UserError | null {
  if (!needed) return new UserError("forbidden", `Nobody may call ${method}: no permission is defined for it.`);
  if (actor.task !== undefined) return OF_ONE_TASK.some((known) => known === method) ? null : beyondTask(actor.task);
  // The watcher of a release may decide only about canaries, whatever its role: see agents/queries/own-reviews.ts.
  if (actor.name === WATCHER && needed !== "look" && method !== "decide")
    return new UserError("forbidden", "The watch of a release only looks, and decides what its own small tasks ask.");
  return may(actor.role, needed) ? null : new UserError("forbidden", refusalOf(actor.role, needed));
}

/** Returns the refusal for everything outside the task. It is the same for missing ids, to reveal nothing. */
export function beyondTask(task: string): UserError {
  return new UserError("forbidden", `This token may only see task ${task} and its subtasks.`);
}
