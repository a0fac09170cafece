/** A list of tools is no right, unless a person wants it to hold: then a task and all below it have these tools at most. Pure. */
import type { Setup } from "./log/entries";
import { isSelector } from "./selection";

/** What a subtask takes over from the task that starts it. */
export type Confinement = Pick<Setup, "confined" | "within">;

/** Between a server and its tool, as in `nameOfServerTool` of agents/server-tools.ts. */
const SEPARATOR = "__";

/** Those of `tools` that `within` holds, also one tool of a server that it holds. Absent: all. */
export function toolsWithin(tools: readonly string[], within: readonly string[] | undefined): string[] {
  if (!within) return [...tools];
  return tools.filter((name) => within.some((one) => name === one || name.startsWith(`${one}${SEPARATOR}`)));
}

/**
 * The tools of a task that begins, and what holds for those below it. agent_selector only chooses: the list of the agent that it
 * chooses is the one that holds.
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

/** Another agent does not lead out of a list that a person wants to hold. */
export function changedSetup(setup: Setup, change: Partial<Setup>): Setup {
  const changed = { ...setup, ...change };
  return { ...changed, tools: toolsWithin(changed.tools, setup.within) };
}

/** What a task hands down. */
export function confinementOf({ confined, within }: Confinement): Confinement {
  return { ...(confined && { confined }), ...(within && { within }) };
}
