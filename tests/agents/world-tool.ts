/** World tools for tests, each made from one function. */
import { z } from "zod";
import type { AfterCrash, ToolContext, WorldTool } from "@/agents/tools/contract/tool";
import { worldTool } from "@/agents/tools/contract/tool";
import type { ToolBody } from "@/core/rules/configuration";
import type { Trial } from "./trial";

const input = z.object({ what: z.string() });

/** A tool that takes `{ what }`, does something, and answers `touched <what>` or with what `run` returns. */
export function worldToolFor(
  name: string,
  afterCrash: AfterCrash,
  run: (input: { what: string }, context: ToolContext) => unknown,
): WorldTool {
  const tool = worldTool({
    name,
    description: "For tests.",
    input,
    level: "write",
    afterCrash,
    run: async (given, context) => {
      const answer = await run(given, context);
      return { content: typeof answer === "string" ? answer : `touched ${given.what}` };
    },
  });
  return tool as WorldTool;
}

/** Saves a new version of an agent, with other tools, finishing settings or limits. */
export async function changeAgent(trial: Trial, name: string, change: Record<string, unknown>): Promise<void> {
  const agent = trial.runtime.configuration.agents().find((agent) => agent.name === name);
  if (!agent) throw new Error(`There is no agent ${name}.`);
  const { version: _, edited: __, ...body } = agent;
  const entry = { kind: "agent", name, description: agent.description, body: { ...body, ...change } } as const;
  await trial.runtime.store.configuration.put(entry, "tester", "for a test");
}

/** Registers a tool with a policy. */
export async function offerTool(trial: Trial, name: string, policy: ToolBody["policy"]): Promise<void> {
  const body: ToolBody = {
    name,
    title: name,
    description: "For tests.",
    level: "write",
    source: "builtin",
    optional: true,
    policy,
    availability: { available: true, since: "1" },
  };
  await trial.runtime.store.configuration.put({ kind: "tool", name, description: "", body }, "tester", "for a test");
}
