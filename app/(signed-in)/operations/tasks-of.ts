import type { Queries } from "@/agents/application";
import type { Intervention, Task } from "@/core/shapes/shapes";

/** The tasks that interventions are about; one that is gone meanwhile is missing. */
export async function tasksOf(
  interventions: readonly Intervention[],
  queries: Pick<Queries, "getTask">,
): Promise<Map<string, Task>> {
  const ids = [...new Set(interventions.map((one) => one.task_id))];
  const found = await Promise.all(ids.map((id) => queries.getTask(id).catch(() => null)));
  return new Map(found.flatMap((task) => (task ? [[task.id, task] as const] : [])));
}
