import { GOAL_AGENTS } from "@/core/log/goal";
import { GOAL_MODEL } from "@/core/programs/names";

/** Agents that the host starts, each with what an agent that names it in `start_subtask` should do instead. */
const HOST_AGENTS: ReadonlyMap<string, string> = new Map([
  ["agent_selector", "it only chooses the agent of a submitted task; name the agent that should do the work"],
  ["task_breakdown", "call break_down_task, which starts it"],
  ["context_addition", "call request_context, which starts it when no document fits"],
  ["tool_addition", "call request_tools, which starts it when no tool fits"],
  ["task_evaluator", "the host starts it when a task ends; put what must be true into criteria"],
  ["summary_agent", "the host starts it when a task ends with a long result"],
  ["documentation_agent", "the host starts it when a task ends"],
  ["goal", "a goal is submitted by a person or a program; start the agents that should do the work"],
  ["iteration", "a goal starts it for each round"],
  ["goal_planner", "a goal starts it; call break_down_task for a plan of your own task"],
  ["goal_strategist", "a goal starts it when its rounds bring nothing better"],
  ["specification_writer", "a goal that makes a service starts it; ask a person for `banyan service new`"],
  ["supervisor", "the host asks it about a task that makes no progress; call flag_for_review if a person should look"],
]);

/** Takes subtasks that name it, but is not offered: it needs a program that a person may not have installed. */
const UNOFFERED = "coding_agent";

/** Returns why an agent may not name this agent in `start_subtask`, as a sentence, or null when it may. */
export function hostAgentRefusal(agent: string): string | null {
  const instead = HOST_AGENTS.get(agent);
  return instead === undefined ? null : `${agent} takes no subtasks: ${instead}.`;
}

/** Whether an agent is a program of goals that this model does not start itself: a plan may name any executor. */
export function isForeignProgram(model: string, agent: string): boolean {
  return agent === GOAL_AGENTS.goal || (agent === GOAL_AGENTS.iteration && model !== GOAL_MODEL);
}

/** Returns the entries that are offered for subtasks. */
export function forSubtasks<T extends { name: string }>(agents: readonly T[]): T[] {
  return agents.filter(({ name }) => name !== UNOFFERED && !HOST_AGENTS.has(name));
}
