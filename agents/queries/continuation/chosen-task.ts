/** The task that agent_selector chose stands for the selector: what a person does to one reaches the other. */
import { isSelector } from "@/core/selection";
import type { FoundTask } from "@/db/records/found-task";
import type { Store } from "@/db/store";

/** Returns the task that agent_selector chose, or null for any other task. */
export function chosenOf({ queries: { trees } }: Pick<Store, "queries">, task: FoundTask): FoundTask | null {
  if (!isSelector(task.agent)) return null;
  const uid = trees.onlyWorkChild(task.id);
  return uid ? trees.findTask(uid) : null;
}
