/**
 * Core tools, whose effect is a record in the tree. A handler is a pure function of the call and a view of the task.
 * Its result is appended with the turn, in one transaction, so a crash can neither lose nor repeat it.
 */
import type { z } from "zod";

import type { ProposedChange } from "@/agents/self/changes";
import type { ChangeWords } from "@/agents/self/messages";
import type { Facts } from "@/core/facts";
import type { Assignment, Entry } from "@/core/log/entries";
import type { FaultKind } from "@/core/log/faults";
import type { ShownLesson } from "@/core/log/lessons";
import type { AgentBody } from "@/core/rules/configuration";
import type { CapabilityMatch } from "@/core/shapes/capabilities/capabilities";
import type { Call, TaskState } from "@/core/state";
import type { ConfigurationStore } from "@/db/configuration/configuration";
import type { NewProposal, NewReview, TaskRecord } from "@/db/records/records";

/** A subtask that a call asks for. It is checked, and gets its id, together with the other subtasks of the turn. */
export interface SubtaskRequest {
  call: Call;
  title: string;
  agent: string;
  instruction: string;
  dependsOn: string[];
  workspace: Assignment["workspace"];
  criteria: string | null;
  grant: { tokens?: number; cost_usd?: number; tasks?: number; depth?: number; seconds?: number };
}

export interface ControlEffect {
  entries?: Entry[];
  subtask?: SubtaskRequest;
  reviews?: NewReview[];
  reviewChanges?: NonNullable<TaskRecord["reviewChanges"]>;
  mail?: NonNullable<TaskRecord["mail"]>;
  proposals?: NonNullable<TaskRecord["proposals"]>;
}

/** The configuration that an agent may read. */
export interface Registry {
  agents: {
    name: string;
    description: string;
    model: string;
    tools: string[];
    documents: string[];
    web_search: boolean;
  }[];
  documents: { name: string; description: string; body: string; version: number; agents: string[] }[];
  tools: {
    name: string;
    title: string;
    description: string;
    version: number;
    level: string;
    policy: string;
    source: string;
    /** For a server: its tools, by the names that agents call. */
    tools?: string[];
    available: boolean;
    /** Why this task cannot get the tool; null when it can. */
    note: string | null;
  }[];
}

/** A look of the review agent at faults, with the host's limits on what it proposes. */
export interface OpenLook {
  faults: readonly FaultKind[];
  /** Returns why the proposal is refused, as a sentence, or null. `before`: the proposals of the same turn. */
  refusalOf(proposal: NewProposal, before: readonly NewProposal[]): string | null;
}

export interface ControlView {
  /** Returns the JSON Schema of a tool's input, or undefined when the tool has no code here. */
  schemaOf(tool: string): Record<string, unknown> | undefined;
  taskUid: string;
  parentUid: string | null;
  /** The task that answers this task's questions. null: a person does, for the root and for agent_selector's choice. */
  asksUid: string | null;
  state: TaskState;
  facts: Facts;
  registry: Registry;
  /** Returns the lessons that fit a need, quoted, as the task may be shown them; null for none. */
  lessons(need: string): { shown: ShownLesson[]; text: string } | null;
  /** Returns the capabilities that fit a need best, also the libraries of the task's folder. */
  capabilities(need: string): Promise<CapabilityMatch[]>;
  /** Returns the agent's live version, or null when there is no such agent. */
  agentBody(name: string): AgentBody | null;
  /** Returns why exactly this change is not to be proposed again; null: it may be. */
  refusedBefore: ConfigurationStore["refusedBefore"];
  /** Reads proposed code from the workspace and tests it. */
  code(folder: string, test: string): Promise<ProposedCode>;
  /** Returns what the task's copy of Banyan's own source proposes, as a commit that says so. `base`: see SelfFolder. */
  change(base: string | undefined, words: ChangeWords): Promise<ProposedChange | { problem: string }>;
  /** Returns the look that the task's tree was made for, or null. */
  look(): OpenLook | null;
  /** What earlier calls of the same turn propose. */
  proposed: readonly NewProposal[];
  /** Returns whether this task may start the subtask now. */
  mayStart(request: SubtaskRequest): boolean;
  /** Returns a public id that stays the same when this call is handled again. */
  idFor(call: Call, what: string): string;
}

export interface ControlTool<Input extends z.ZodType = z.ZodType> {
  name: string;
  description: string;
  input: Input;
  /**
   * Returns the call's effect, as a promise when something outside the log is checked first (a test of proposed code,
   * for example). The same call must give the same effect again.
   */
  settle(input: z.output<Input>, call: Call, view: ControlView): ControlEffect | Promise<ControlEffect>;
}

/** Returns the tool unchanged; it lets TypeScript infer the input type. */
export function controlTool<Input extends z.ZodType>(tool: ControlTool<Input>): ControlTool<Input> {
  return tool;
}

export type ProposedCode = { files: Record<string, string>; tested: string } | { problem: string };
