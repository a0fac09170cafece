/** Agents that the host starts, each with what an agent that names it in `start_subtask` should do instead. */
const HOST_AGENTS: ReadonlyMap<string, string> = new Map([
  ["agent_selector", "it only chooses the agent of a submitted task; name the agent that should do the work"],
  ["task_breakdown", "call break_down_task, which starts it"],
  ["context_addition", "call request_context, which starts it when no document fits"],
  ["tool_addition", "call request_tools, which starts it when no tool fits"],
  ["task_evaluator", "the host starts it when a task ends; put what must be true into criteria"],
  ["summary_agent", "the host starts it when a task ends with a long result"],
  ["documentation_agent", "the host starts it when a task ends"],
  ["supervisor", "the host asks it about a task that makes no progress; call flag_for_review if a person should look"],
]);

/** Returns why an agent may not name this agent in `start_subtask`, as a sentence, or null when it may. */
export function hostAgentRefusal(agent: string): string | null {
  const instead = HOST_AGENTS.get(agent);
  return instead === undefined ? null : `${agent} takes no subtasks: ${instead}.`;
}

/** Returns the entries that a subtask can use. */
export function forSubtasks<T extends { name: string }>(agents: readonly T[]): T[] {
  return agents.filter(({ name }) => !HOST_AGENTS.has(name));
}
