/** Confinement: normally an agent's list of tools does not limit its subtasks. When a person confines it, all tasks below have at most these tools. Pure. */
import type { Setup } from "./log/entries";
import { isSelector } from "./selection";

/** The confinement that a subtask inherits from its parent. */
export type Confinement = Pick<Setup, "confined" | "within">;

/** Separates server and tool in a name, as in `nameOfServerTool` of agents/server-tools.ts. */
const SEPARATOR = "__";

/** Returns the tools that `within` contains, directly or through their server; all tools when `within` is absent. */
export function toolsWithin(tools: readonly string[], within: readonly string[] | undefined): string[] {
  if (!within) return [...tools];
  return tools.filter((name) => within.some((prefix) => name === prefix || name.startsWith(`${prefix}${SEPARATOR}`)));
}

/**
 * Returns a new task's tools and the confinement of the tasks below it. agent_selector only chooses an agent, so the
 * chosen agent's list confines the tasks, not its own list.
 */
export function confinedSetup(
  agent: { name: string; tools: readonly string[]; confined?: true | undefined },
  { confined, within }: Confinement,
): Pick<Setup, "tools" | "confined" | "within"> {
  const tools = toolsWithin(agent.tools, within);
  if (!agent.confined && !confined) return { tools, ...(within && { within }) };
  if (isSelector(agent.name)) return { tools, confined: true, ...(within && { within }) };
  return { tools, within: tools };
}

/** Applies a change of agent or model to a setup. A change of agent cannot escape the task's confinement. */
export function changedSetup(setup: Setup, change: Partial<Setup>): Setup {
  const changed = { ...setup, ...change };
  return { ...changed, tools: toolsWithin(changed.tools, setup.within) };
}

/** Returns the confinement that a task passes on to its subtasks. */
export function confinementOf({ confined, within }: Confinement): Confinement {
  return { ...(confined && { confined }), ...(within && { within }) };
}
