/** Every tool there is, by name: which a task is offered, and whether a call of it can be carried out. */
import { z } from "zod";
import type { Setup } from "@/core/log/entries";
import type { ToolCallRequest, ToolSpec } from "@/core/log/model";
import type { TaskRole } from "@/core/log/terms";
import { isCoreToolOffered } from "@/core/offered-tools";
import { listAgents } from "./additions/list-agents";
import { listDocuments } from "./additions/list-documents";
import { listOptionalTools } from "./additions/list-optional-tools";
import { proposeAgent } from "./additions/propose-agent";
import { proposeDocument } from "./additions/propose-document";
import { proposeTool } from "./additions/propose-tool";
import { requestContext } from "./additions/request-context";
import { requestTools } from "./additions/request-tools";
import type { ControlTool } from "./contract/control";
import type { WorldTool } from "./contract/tool";
import { READ_OUTPUT } from "./own-tree/read-output";
import { answer } from "./subtasks/answer";
import { ask } from "./subtasks/ask";
import { breakDownTask } from "./subtasks/break-down-task";
import { endTask } from "./subtasks/end-task";
import { flagForReview } from "./subtasks/flag-for-review";
import { passUp } from "./subtasks/pass-up";
import { startSubtask } from "./subtasks/start-subtask";
import { stopSubtask } from "./subtasks/stop-subtask";
import { waitForSubtasks } from "./subtasks/wait-for-subtasks";

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
