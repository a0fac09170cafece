/**
 * Agents through which Banyan itself plans, judges, supervises and repairs. They decide about the work of all other
 * agents.
 */

/** The agents that the program starts by name, or to which it gives a part of its own work. */
const SYSTEM_AGENTS: ReadonlySet<string> = new Set([
  "agent_selector",
  "context_addition",
  "documentation_agent",
  "goal",
  "goal_planner",
  "goal_strategist",
  "iteration",
  "review_agent",
  "specification_writer",
  "summary_agent",
  "supervisor",
  "task_breakdown",
  "task_evaluator",
  "tool_addition",
]);

export function isSystemAgent(name: string): boolean {
  return SYSTEM_AGENTS.has(name);
}
