/** The policy of a tool: whether its calls run, need approval, or are refused. */
import { z } from "zod";
import { UserError } from "@/agents/application";
import { operation } from "@/agents/commands/world/operation";
import type { Configuration } from "@/agents/configuration/configuration";
import { said } from "@/agents/operations/operation";
import { text } from "@/agents/operations/parse";
import { toolOfServerNamed } from "@/agents/tools/outside/server-tools";
import type { ToolBody } from "@/core/rules/configuration";
import type { ToolPolicy } from "@/core/rules/policy";
import { checkVersion, storeServer } from "./servers/stored-server";

export const toolOperations = {
  /** `version`: refused when another one is live. */
  setToolPolicy: operation({
    right: "administer",
    summary: "Sets whether calls of a tool run, need approval, or are refused.",
    on: "name",
    onPages: true,
    input: z.strictObject({ policy: text, version: z.number().optional() }),
    audit: ["policy"],
    result: said,
    async run({ id: name, policy, version }, actor, { store, configuration }) {
      const found = toolNamed(name, configuration);
      checkVersion(name, version, found.version);
      if (policy !== "inherit" && policy !== "auto" && policy !== "ask" && policy !== "deny")
        throw new UserError("invalid", `There is no policy “${policy}”: write inherit, auto, ask or deny.`);
      if (policy === "ask" && (await onlyRecords(name)))
        throw new UserError(
          "invalid",
          `Calls of ${name} only write records in their own tree, so nobody can be asked about them: choose auto or deny.`,
        );
      const body = withPolicy(found, policy);
      const saving = { why: `The policy of ${name} is ${policy}.`, ifVersion: found.version };
      await storeServer({ store }, body, actor, saving);
      if (found.ofServer && policy === "inherit")
        return { sentence: `Calls of ${name} follow the policy of the server ${body.name}.` };
      const isOff = found.ofServer && policy !== "deny" && body.policy === "deny";
      const still = isOff ? ` They are still refused while the policy of ${body.name} is deny.` : "";
      return { sentence: `${POLICY_SENTENCES[policy](name)}${still}` };
    },
  }),
};

/** Whether the tool's calls only write records. Loads all tools, so it is called only when it matters. */
async function onlyRecords(name: string): Promise<boolean> {
  const [{ createCatalogue }, { NO_SERVICES, worldTools }] = await Promise.all([
    import("@/agents/tools/catalogue"),
    import("@/agents/tools/world-tools"),
  ]);
  return createCatalogue(worldTools(NO_SERVICES)).control.has(name);
}

const POLICY_SENTENCES = {
  inherit: (tool: string) => `Calls of ${tool} follow the policy of their level.`,
  auto: (tool: string) =>
    `Calls of ${tool} run without asking, unless the policy of their level is deny, or the task has read content from outside and the call sends something out.`,
  ask: (tool: string) => `Each call of ${tool} waits for a person, or for a rule that approves it.`,
  deny: (tool: string) => `Calls of ${tool} are refused.`,
};

interface NamedTool {
  tool: ToolBody;
  version: number;
  /** The server's own name of the tool that is meant; absent: the whole of `tool`. */
  ofServer?: string;
}

/** A tool, a server, or one tool of a server as agents call it. Throws UserError. */
export function toolNamed(name: string, configuration: Configuration): NamedTool {
  for (const { version, ...tool } of configuration.tools()) {
    if (tool.name === name) return { tool, version };
    const own = toolOfServerNamed(tool, name);
    if (own) return { tool, version, ofServer: own.name };
  }
  throw unknownTool(name, configuration);
}

function withPolicy({ tool, ofServer }: NamedTool, policy: ToolPolicy): ToolBody {
  if (ofServer === undefined || !tool.server) return { ...tool, policy };
  const tools = tool.server.tools.map((listed) => {
    if (listed.name !== ofServer) return listed;
    const { policy: _, ...rest } = listed;
    return policy === "inherit" ? rest : { ...rest, policy };
  });
  return { ...tool, server: { ...tool.server, tools } };
}

function unknownTool(name: string, configuration: Configuration): UserError {
  const known = configuration.tools().map((tool) => tool.name);
  return new UserError("not_found", `There is no tool “${name}”. Tools: ${known.join(", ")}.`);
}
