/** All tools by name: which tools a task is offered, and whether the arguments of a call are valid. */
import { z } from "zod";
import type { Setup } from "@/core/log/entries";
import type { ToolCallRequest, ToolSpec } from "@/core/log/model";
import type { TaskRole } from "@/core/log/terms";
import { isCoreToolOffered } from "@/core/offered-tools";
import { isSelector } from "@/core/selection";
import { findCapability } from "./additions/find-capability";
import { findLessons } from "./additions/find-lessons";
import { listAgents } from "./additions/list-agents";
import { listDocuments } from "./additions/list-documents";
import { listOptionalTools } from "./additions/list-optional-tools";
import { proposeAgent } from "./additions/propose-agent";
import { proposeDocument } from "./additions/propose-document";
import { proposeLesson } from "./additions/propose-lesson";
import { proposeTool } from "./additions/propose-tool";
import { requestContext } from "./additions/request-context";
import { requestTools } from "./additions/request-tools";
import type { ControlTool } from "./contract/control";
import type { WorldTool } from "./contract/tool";
import { READ_OUTPUT } from "./own-tree/read-output";
import { proposeChange } from "./self/propose-change";
import { answer } from "./subtasks/answer";
import { ask } from "./subtasks/ask";
import { breakDownTask } from "./subtasks/break-down-task";
import { chooseAgent } from "./subtasks/choose-agent";
import { bareEndTask, endTask } from "./subtasks/end-task";
import { flagForReview } from "./subtasks/flag-for-review";
import { passUp } from "./subtasks/pass-up";
import { startSubtask } from "./subtasks/start-subtask";
import { stopSubtask } from "./subtasks/stop-subtask";
import { waitForSubtasks } from "./subtasks/wait-for-subtasks";

/** Tools of every agent. Agents with a special role get only some of them (`isCoreToolOffered`). */
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
  findCapability,
  findLessons,
  flagForReview,
  endTask,
] as ControlTool[];

/** Tools that an agent gets together with another tool: a background command must be read, answered and stopped. */
const BROUGHT: Readonly<Record<string, readonly string[]>> = {
  use_terminal: ["terminal_output", "terminal_input", "terminal_stop"],
  start_subtask: ["list_agents"],
};

/** Tools that read the configuration, for agents that list them. */
const READER_TOOLS: readonly ControlTool[] = [listAgents, listDocuments, listOptionalTools] as ControlTool[];

/** Tools that propose a change of the configuration, for agents that list them. */
const PROPOSAL_TOOLS: readonly ControlTool[] = [
  proposeTool,
  proposeDocument,
  proposeAgent,
  proposeLesson,
  proposeChange,
] as ControlTool[];

export interface Catalogue {
  control: ReadonlyMap<string, ControlTool>;
  world: ReadonlyMap<string, WorldTool>;
  /**
   * Returns the tools that a task is offered. Their order does not depend on the order of the agent's list, so the
   * prompt stays the same byte for byte. `specsOf` returns the added tools that a name may mean.
   */
  specsFor(setup: Setup, role: TaskRole, added: string[], specsOf: (name: string) => ToolSpec[]): ToolSpec[];
  /** Returns the size of the tools in a request, in characters. */
  sizeOf(specs: ToolSpec[]): number;
  specs(): ToolSpec[];
  schemaOf(tool: string): Record<string, unknown> | undefined;
  /** Returns the core tool that an agent calls by this name; agent_selector has its own `start_subtask`. */
  controlFor(name: string, agent: string): ControlTool | undefined;
  /**
   * Returns what is wrong with the arguments of an agent's call, as a sentence without a full stop, or null when they
   * are valid.
   */
  problemOf(call: ToolCallRequest, agent?: string): string | null;
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
  for (const tool of [...control.values(), ...world.values()]) specs.set(tool.name, specOf(tool));
  const bareEnd = specOf(bareEndTask);
  const choice = chooseAgent as ControlTool;
  const choiceSpec = specOf(choice);
  const controlFor = (name: string, agent: string) =>
    isSelector(agent) && name === choice.name ? choice : control.get(name);

  return {
    control,
    world,
    specs: () => [...specs.values()],
    schemaOf: (tool) => specs.get(tool)?.inputSchema,
    specsFor(setup, role, added, specsOf) {
      const core = CORE_TOOLS.filter((tool) => isCoreToolOffered(tool.name, setup, role)).map((tool) => tool.name);
      // The list of agents is in agent_selector's prompt.
      const bringing = isSelector(setup.agent) ? setup.tools : [...setup.tools, ...core];
      const listed = withBrought(bringing).filter((name) => !core.includes(name));
      // Any output can be shortened, and the shortened output names this tool.
      const pages = listed.length > 0 ? { first: [READ_OUTPUT], last: [] } : { first: [], last: [READ_OUTPUT] };
      // Tools added while the task runs come last, so that the tools before them keep their place.
      const later = added.length > 0 ? [...withBrought(added), ...pages.last] : [];
      const names = [...core, ...pages.first, ...listed.sort(), ...later];
      // Nothing that these tasks claim is ever checked.
      const isUnjudged = isSelector(setup.agent) || role === "finishing" || setup.look === true;
      const offered = [...new Set(names)].flatMap((name) => {
        if (isSelector(setup.agent) && name === choice.name) return choiceSpec;
        if (isUnjudged && name === bareEnd.name) return bareEnd;
        return specs.get(name) ?? specsOf(name);
      });
      return [...new Map(offered.map((spec) => [spec.name, spec])).values()];
    },
    sizeOf: (offered) => offered.reduce((sum, spec) => sum + sizeOf(spec), 0),
    controlFor,
    problemOf(call, agent = "") {
      const tool = controlFor(call.name, agent) ?? world.get(call.name);
      const parsed = tool?.input.safeParse(call.input ?? {});
      if (!parsed || parsed.success) return null;
      return parsed.error.issues.map((issue) => `${issue.path.join(".") || "arguments"}: ${issue.message}`).join("; ");
    },
  };
}

function specOf({ name, description, input }: { name: string; description: string; input: z.ZodType }): ToolSpec {
  return { name, description, inputSchema: schemaOf(input) };
}

/** Returns these tools and the tools that they bring. */
function withBrought(names: readonly string[]): string[] {
  return [...new Set(names.flatMap((name) => [name, ...(BROUGHT[name] ?? [])]))];
}

type Bounds = Pick<
  z.core.JSONSchema.BaseSchema,
  "minimum" | "exclusiveMinimum" | "maximum" | "minLength" | "maxLength" | "maxItems"
>;

/** Bounds that every sensible call keeps. */
const PLAIN_BOUNDS: [keyof Bounds, (value: unknown) => boolean][] = [
  ["maximum", (value) => value === Number.MAX_SAFE_INTEGER],
  ["minimum", (value) => value === Number.MIN_SAFE_INTEGER || value === 0 || value === 1],
  ["exclusiveMinimum", (value) => value === 0],
  ["minLength", (value) => value === 1],
  ["maxLength", (value) => Number(value) > 200],
  ["maxItems", (value) => Number(value) >= 20],
];

function schemaOf(input: z.ZodType): Record<string, unknown> {
  // Every request carries the schemas, so bounds that no model needs to know are left out. The host checks all bounds.
  const override = ({ jsonSchema }: { jsonSchema: Bounds & { additionalProperties?: unknown } }) => {
    for (const [bound, isPlain] of PLAIN_BOUNDS) if (isPlain(jsonSchema[bound])) delete jsonSchema[bound];
    if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
  };
  const { $schema: _, ...schema } = z.toJSONSchema(input, { io: "input", override }) as Record<string, unknown>;
  return schema;
}
