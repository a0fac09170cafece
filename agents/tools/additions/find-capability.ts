import { z } from "zod";
import { type ControlView, controlTool, type Registry } from "@/agents/tools/contract/control";
import { serverOfName } from "@/agents/tools/outside/server-tools";
import { response } from "@/core/notes";
import { isFitting } from "@/core/rules/capability-fit";
import type { CapabilityMatch } from "@/core/shapes/capabilities/capabilities";

const MOST_DESCRIPTION = 140;
const BELONGS_TO_THE_TERMINAL = "use_terminal";

/** Every turn pays for the description of a core tool, and every call for its answer, so both are short. */
export const findCapability = controlTool({
  name: "find_capability",
  description: "Finds tools, agents, commands, libraries and APIs that can do something.",
  input: z.object({ need: z.string().trim().min(1).max(2_000) }),
  async settle({ need }, call, view) {
    const matches = await view.capabilities(need);
    const found = matches.map((match) => shown(match, view));
    const answer = found.length > 0 ? { found } : { found, note: NOTHING };
    return { entries: [response(view.state, call, JSON.stringify(answer))] };
  },
});

const NOTHING = "Nothing shares words with that need. Say it in other words, or ask for a tool.";

function shown(match: CapabilityMatch, view: ControlView) {
  const { kind, name, description, version, unavailable, figures } = match;
  const [line = ""] = description.split("\n", 1);
  const worked = figures?.success;
  return {
    kind,
    name,
    ...(version && { version }),
    does: line.length > MOST_DESCRIPTION ? `${line.slice(0, MOST_DESCRIPTION)}…` : line,
    ...(worked && { worked: `${Math.round(worked.share * worked.of)} of ${worked.of}` }),
    how: unavailable ?? howOf(match, view),
    fits: isFitting(match),
  };
}

/** Returns how this task gets it, or why it cannot. */
function howOf({ kind, name }: CapabilityMatch, { state, registry }: ControlView): string {
  const { tools } = state.setup;
  const has = (tool: string) => tools.includes(tool) || state.addedTools.includes(tool);
  if (kind === "agent" || kind === "outside_agent") return "start a subtask with it";
  if (kind === "runbook") return "a person starts it";
  if (kind === "library") return "installed by the workspace";
  if (kind === "command") return has(BELONGS_TO_THE_TERMINAL) ? "in your terminal" : `with ${BELONGS_TO_THE_TERMINAL}`;
  if (has(name) || has(serverOfName(name))) return "you have it";
  const listed = registry.tools.find((tool) => tool.name === name || tool.name === serverOfName(name));
  return listed ? requestable(listed) : "as its description says";
}

function requestable({ name, note }: Registry["tools"][number]): string {
  return note === null ? `request ${name}` : `not for you: ${note}`;
}
