/** What an issue's tree has done, as its agents say it. */
import { GOAL_AGENTS } from "@/core/log/goal";
import type { GoalView } from "@/core/shapes/goals";
import type { Tree } from "@/core/shapes/shapes";
import type { Look } from "./sources";

const MACHINERY: ReadonlySet<string> = new Set(Object.values(GOAL_AGENTS));

/**
 * Resolves with the plan of each round that brought the goal on, and what its steps say of their work. `newest`: of the
 * last round alone, which is the answer to a review.
 */
export async function doneIn({ queries }: Look, tree: Tree, goal: GoalView | null, newest: boolean): Promise<string> {
  const whole = await queries.getTask(tree.root_task_id);
  const kept = goal?.rounds.filter(({ verdict }) => verdict === "better") ?? [];
  const rounds = newest ? (goal?.rounds ?? []).slice(-1) : kept;
  const parts: string[] = [];
  for (const { plan, task_id: round } of rounds) {
    parts.push(plan);
    const steps = tree.tasks.filter(({ parent_id: parent, agent, status }) => {
      return parent === round && !MACHINERY.has(agent) && status === "succeeded";
    });
    for (const { id } of steps) parts.push((await queries.getTask(id)).result ?? "");
  }
  const said = parts.filter((part) => part.trim() !== "");
  // A goal that was reached without a round has only its own result.
  return said.length > 0 ? said.join("\n\n") : (whole.result ?? "");
}
