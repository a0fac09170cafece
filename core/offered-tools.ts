/** Decides which core tools an agent gets. */
import type { Setup } from "./log/entries";
import type { TaskRole } from "./log/terms";
import { isSelector } from "./selection";

const FINISHING_TOOLS = new Set(["end_task", "flag_for_review", "request_context"]);
const BREAKDOWN_EXCLUDED = new Set([
  "break_down_task",
  "start_subtask",
  "wait_for_subtasks",
  "stop_subtask",
  "answer",
  "pass_up",
]);
/** The supervisor agent judges one case, with a grant for one task. */
const SUPERVISOR_TOOLS = new Set(["end_task", "flag_for_review"]);
const SELECTOR_TOOLS = new Set(["start_subtask", "end_task", "flag_for_review", "ask"]);

/** The review agent looks at quoted faults: nothing that they say can start a task or ask somebody. */
const REVIEW_TOOLS = new Set(["end_task", "request_context"]);

/** Whether a task gets a core tool. Agents get all of them, except finishing agents, task_breakdown and agent_selector. */
export function isCoreToolOffered(
  tool: string,
  { agent, look }: Pick<Setup, "agent" | "look">,
  role: TaskRole,
): boolean {
  if (look) return REVIEW_TOOLS.has(tool);
  if (role === "finishing") return FINISHING_TOOLS.has(tool);
  if (agent === "task_breakdown") return !BREAKDOWN_EXCLUDED.has(tool);
  if (agent === "supervisor") return SUPERVISOR_TOOLS.has(tool);
  if (isSelector(agent)) return SELECTOR_TOOLS.has(tool);
  return true;
}
