/** Every tool there is, by name: which a task is offered, and whether a call of it can be carried out. */
import { z } from "zod";
import type { Setup } from "@/agents/core/entries";
import type { ToolCallRequest, ToolSpec } from "@/agents/core/model";
import { isCoreToolOffered } from "@/agents/core/offered-tools";
import type { TaskRole } from "@/agents/core/shapes";
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
import { proposeAgent } from "./propose-agent";
import { proposeDocument } from "./propose-document";
import { proposeTool } from "./propose-tool";
import { READ_OUTPUT } from "./read-output";
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

/** Put a change of it before a person; given to agents that list them. */
const PROPOSAL_TOOLS: readonly ControlTool[] = [proposeTool, proposeDocument, proposeAgent] as ControlTool[];

export interface Catalogue {
  control: ReadonlyMap<string, ControlTool>;
  world: ReadonlyMap<string, WorldTool>;
  /** In an order that does not depend on how the agent's list is written, so that the prompt's bytes stay. */
  /** `specsOf`: those that a name stands for which is none of the host's own tools. */
  specsFor(setup: Setup, role: TaskRole, added: string[], specsOf: (name: string) => ToolSpec[]): ToolSpec[];
  /** How much of a request the tools take, in characters. */
  sizeOf(specs: ToolSpec[]): number;
  specs(): ToolSpec[];
  schemaOf(tool: string): Record<string, unknown> | undefined;
  /** What is wrong with the arguments of a call, as a sentence without its full stop; null: they fit. */
  problemOf(call: ToolCallRequest): string | null;
}

export function createCatalogue(worldTools: readonly WorldTool[]): Catalogue {
  const control = new Map([...CORE_TOOLS, ...READER_TOOLS, ...PROPOSAL_TOOLS].map((tool) => [tool.name, tool]));
  const world = new Map(worldTools.map((tool) => [tool.name, tool]));
  const specs = new Map<string, ToolSpec>();
  const sizes = new WeakMap<ToolSpec, number>();
  const sizeOf = (spec: ToolSpec) => {
    const known = sizes.get(spec) ?? JSON.stringify(spec).length;
    sizes.set(spec, known);
    return known;
  };
  for (const { name, description, input } of [...control.values(), ...world.values()]) {
    specs.set(name, { name, description, inputSchema: schemaOf(input) });
  }

  return {
    control,
    world,
    specs: () => [...specs.values()],
    schemaOf: (tool) => specs.get(tool)?.inputSchema,
    specsFor(setup, role, added, specsOf) {
      const core = CORE_TOOLS.filter((tool) => isCoreToolOffered(tool.name, setup.agent, role)).map(
        (tool) => tool.name,
      );
      // What was given while the task ran comes last: the tools before it keep their place.
      const reads = role === "work" && setup.tools.length > 0 && world.has(READ_OUTPUT) ? [READ_OUTPUT] : [];
      const names = [...core, ...reads, ...[...setup.tools].sort(), ...added];
      const offered = [...new Set(names)].flatMap((name) => specs.get(name) ?? specsOf(name));
      return [...new Map(offered.map((spec) => [spec.name, spec])).values()];
    },
    sizeOf: (offered) => offered.reduce((sum, spec) => sum + sizeOf(spec), 0),
    problemOf(call) {
      const tool = control.get(call.name) ?? world.get(call.name);
      const parsed = tool?.input.safeParse(call.input ?? {});
      if (!parsed || parsed.success) return null;
      return parsed.error.issues.map((issue) => `${issue.path.join(".") || "arguments"}: ${issue.message}`).join("; ");
    },
  };
}

function schemaOf(input: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...schema } = z.toJSONSchema(input, { io: "input" }) as Record<string, unknown>;
  return schema;
}
