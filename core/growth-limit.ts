/** When a task may start no more subtasks: it was refused by limits too often, or a subtask of it ended as a runaway. */
import type { TaskState } from "./state";

const MAX_LIMIT_REFUSALS = 3;
const STARTING_TOOLS = new Set(["start_subtask", "break_down_task"]);

export function isOutgrown(state: Pick<TaskState, "limitRefusals" | "runawaySubtask">): boolean {
  return state.limitRefusals >= MAX_LIMIT_REFUSALS || state.runawaySubtask;
}

/** What the model reads when it tries again. Such a call is invalid, so that a model that does nothing else comes to an end. */
export function outgrownProblem(state: TaskState, tool: string): string | null {
  if (!STARTING_TOOLS.has(tool) || !isOutgrown(state)) return null;
  const why = state.runawaySubtask
    ? "A subtask of this task kept running into limits"
    : "This task was refused subtasks by limits three times";
  return `${why}, so it may start no more: finish it yourself, or end it.`;
}
