/** The skills of outside agents as tools. Without the protocol's code. */
import { factsOf } from "@/lib/a2a/facts";
import type { OutsideAgent } from "@/lib/a2a/types";
import { DEFAULT_MCP_LIMITS } from "@/lib/mcp/calls/limits";
import { toolReader } from "@/lib/mcp/calls/listing";
import type { ServerDescription } from "@/lib/mcp/config/types";

/** The annotation that holds the id of a skill, so that the tool's hash covers it. */
export const SKILL = "skill";

const INPUT_SCHEMA = {
  type: "object",
  properties: {
    message: {
      type: "string",
      minLength: 1,
      maxLength: 100_000,
      description:
        "What the agent is to do, or the answer to what it asked, with everything that it has to know: it sees nothing of this task. Leave it out to wait on for `task`.",
    },
    task: {
      type: "string",
      minLength: 1,
      maxLength: 200,
      description:
        "The id of the agent's task from an earlier call, to answer it, to add to it or to wait on for it. Default: a new task.",
    },
  },
  additionalProperties: false,
} as const;

/** Returns the chosen skills as tools. The checks of tools from outside leave out some, each with a problem. */
export function skillsAsTools({
  skills,
  card,
}: Pick<OutsideAgent, "skills" | "card">): Pick<ServerDescription, "tools" | "late" | "problems"> {
  const wanted = new Set(skills);
  const problems: string[] = [];
  const reader = toolReader(DEFAULT_MCP_LIMITS, problems);
  const chosen = factsOf(card).skills.filter(({ id }) => wanted.has(id));
  reader.take(
    chosen.map(({ id, name, description }) => ({
      name: id.replace(/[^A-Za-z0-9_-]/g, "_"),
      description: `An agent outside: ${name}. ${description}`.trim(),
      inputSchema: INPUT_SCHEMA,
      annotations: { [SKILL]: id },
    })),
  );
  return { tools: reader.tools(), late: reader.late(), problems };
}
