import type { Queries } from "@/agents/application";
import type { Intervention, Task } from "@/core/shapes/shapes";

/** Returns the tasks of the interventions by id, without those deleted since. */
export async function tasksOf(
  interventions: readonly Intervention[],
  queries: Pick<Queries, "getTask">,
): Promise<Map<string, Task>> {
  const ids = [...new Set(interventions.map(({ task_id }) => task_id))];
  const found = await Promise.all(ids.map((id) => queries.getTask(id).catch(() => null)));
  return new Map(found.flatMap((task) => (task ? [[task.id, task] as const] : [])));
}
