/** Trees and tasks as one thing: what may be done to a task may be done to a tree, by its root task. */
import { UserError } from "@/agents/application";
import type { Ids } from "@/agents/queries/ids";
import { isEnded } from "@/core/log/terms";
import type { FoundTask } from "@/db/records/found-task";
import type { Store } from "@/db/store";

/** Returns the task of this id, or the root task of the tree of this id. */
export function target(store: Store, ids: Ids, id: string): { task: FoundTask; scope: string } {
  const found = ids.treeOrTask(id);
  const uid = found.kind === "tree" ? store.queries.trees.rootOf(found.uid) : found.uid;
  return {
    task: store.queries.trees.findTask(uid),
    scope: found.kind === "tree" ? "the tree" : "this task and its subtasks",
  };
}

/** Throws UserError for a task that has ended. */
export function refuseEnded(task: FoundTask, what: string, instead = ""): void {
  if (!isEnded(task.status)) return;
  throw new UserError("conflict", `The task has ${task.status}, so it cannot be ${what}${instead}.`);
}
