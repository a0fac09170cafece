/** Every tool there is, by name: which a task is offered, and whether a call of it can be carried out. */
import { z } from "zod";
import type { ToolBody } from "@/agents/core/configuration";
import type { CallMode, Level, Setup } from "@/agents/core/entries";
import type { ToolCallRequest, ToolSpec } from "@/agents/core/model";
import { isCoreToolOffered } from "@/agents/core/offered-tools";
import type { Role } from "@/agents/core/shapes";
import { answer } from "./answer";
import { ask } from "./ask";
import { breakDownTask } from "./break-down-task";
import type { ControlTool } from "./control";
import { endTask } from "./end-task";
import { flagForReview } from "./flag-for-review";
import { listAgents } from "./list-agents";
import { listDocuments } from "./list-documents";
import { listOptionalTools } from "./list-optional-tools";
import { passUp } from "./pass-up";
import { requestContext } from "./request-context";
import { requestTools } from "./request-tools";
import { startSubtask } from "./start-subtask";
import { stopSubtask } from "./stop-subtask";
import type { WorldTool } from "./tool";
import { waitForSubtasks } from "./wait-for-subtasks";

/** Given to every agent, but for those whose work allows only some. */
export const CORE_TOOLS: readonly ControlTool[] = [
  breakDownTask,
  startSubtask,
  waitForSubtasks,
  stopSubtask,
  ask,
  answer,
  passUp,
  requestContext,
  requestTools,
  flagForReview,
  endTask,
] as ControlTool[];

/** Look at the configuration; given to agents that list them. */
const READER_TOOLS: readonly ControlTool[] = [listAgents, listDocuments, listOptionalTools] as ControlTool[];

export interface CheckedCall {
  mode: CallMode;
  problem?: string;
  level?: Level;
  ask?: true;
}

export type PolicyOf = (tool: string) => ToolBody["policy"];

export interface Catalogue {
  control: ReadonlyMap<string, ControlTool>;
  world: ReadonlyMap<string, WorldTool>;
  /** In an order that does not depend on how the agent's list is written, so that the prompt's bytes stay. */
  specsFor(setup: Setup, role: Role, added: string[]): ToolSpec[];
  /** How much of a request the tools take, in characters. */
  sizeOf(specs: ToolSpec[]): number;
  specs(): ToolSpec[];
  schemaOf(tool: string): Record<string, unknown> | undefined;
  /** How a call is to be treated. `problem` is what the model reads when it is invalid; `ask`: a person must approve it. */
  check(offered: ReadonlySet<string>, setup: Setup, call: ToolCallRequest, policyOf: PolicyOf): CheckedCall;
}

export function createCatalogue(worldTools: readonly WorldTool[]): Catalogue {
  const control = new Map([...CORE_TOOLS, ...READER_TOOLS].map((tool) => [tool.name, tool]));
  const world = new Map(worldTools.map((tool) => [tool.name, tool]));
  const specs = new Map<string, ToolSpec>();
  const sizes = new Map<string, number>();
  for (const { name, description, input } of [...control.values(), ...world.values()]) {
    const spec = { name, description, inputSchema: schemaOf(input) };
    specs.set(name, spec);
    sizes.set(name, JSON.stringify(spec).length);
  }

  return {
    control,
    world,
    specs: () => [...specs.values()],
    schemaOf: (tool) => specs.get(tool)?.inputSchema,
    specsFor(setup, role, added) {
      const core = CORE_TOOLS.filter((tool) => isCoreToolOffered(tool.name, setup.agent, role)).map(
        (tool) => tool.name,
      );
      // What was given while the task ran comes last: the tools before it keep their place.
      const names = [...core, ...[...setup.tools].sort(), ...added];
      return [...new Set(names)].flatMap((name) => specs.get(name) ?? []);
    },
    sizeOf: (offered) => offered.reduce((sum, { name }) => sum + (sizes.get(name) ?? 0), 0),
    check(offered, setup, call, policyOf) {
      const tool = control.get(call.name) ?? world.get(call.name);
      if (!tool || !offered.has(call.name)) {
        return {
          mode: "invalid",
          problem: `There is no tool ${call.name} for you. You have: ${[...offered].join(", ")}.`,
        };
      }
      if (call.malformed) {
        return { mode: "invalid", problem: `The arguments of ${call.name} are not valid JSON. Send the call again.` };
      }
      const parsed = tool.input.safeParse(call.input ?? {});
      if (!parsed.success) {
        const issues = parsed.error.issues.map((issue) => `${issue.path.join(".") || "arguments"}: ${issue.message}`);
        return { mode: "invalid", problem: `The arguments of ${call.name} are not valid. ${issues.join("; ")}.` };
      }
      if (!("run" in tool)) return { mode: "control" };
      if (!setup.rights.includes(tool.level)) {
        return {
          mode: "invalid",
          problem: `${call.name} needs the right “${tool.level}”, which this task does not have.`,
        };
      }
      const policy = policyOf(call.name);
      if (policy === "deny") return { mode: "invalid", problem: `${call.name} is switched off here by its policy.` };
      const mode = tool.afterCrash === "repeat" ? "repeat" : "once";
      return policy === "ask" ? { mode, level: tool.level, ask: true } : { mode };
    },
  };
}

function schemaOf(input: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...schema } = z.toJSONSchema(input, { io: "input" }) as Record<string, unknown>;
  return schema;
}
