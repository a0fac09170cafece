/**
 * Core tools: their effect is a record in the tree. A handler is a pure function of the call and a view of the task; what
 * it returns is appended with the turn, in one transaction, so a crash can neither lose nor repeat it.
 */
import type { z } from "zod";

import type { Facts } from "@/core/facts";
import type { Assignment, Entry } from "@/core/log/entries";
import type { AgentBody } from "@/core/rules/configuration";
import type { Call, TaskState } from "@/core/state";
import type { NewReview, TaskRecord } from "@/db/records/records";

/** A subtask that a call asks for; checked and given an id together with the others of its turn. */
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

/** Entries of configuration that an agent may look at. */
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
    /** Of a server: what it offers, by the names that agents call. */
    tools?: string[];
    available: boolean;
    /** Why it cannot be had, or not by this task. */
    note: string | null;
  }[];
}

export interface ControlView {
  /** JSON Schema of a tool's input; undefined when the tool has no code here. */
  schemaOf(tool: string): Record<string, unknown> | undefined;
  taskUid: string;
  parentUid: string | null;
  /** Where this task's questions go: the parent, but for the root and the task that agent_selector chose: a person. */
  asksUid: string | null;
  state: TaskState;
  facts: Facts;
  registry: Registry;
  /** As it is live; null: there is no such agent. */
  agentBody(name: string): AgentBody | null;
  /** Code of the workspace that is proposed, tested by the host. */
  code(folder: string, test: string): Promise<ProposedCode>;
  /** Whether a subtask of that agent with that instruction may be started by this task now. */
  mayStart(request: SubtaskRequest): boolean;
  /** A public id that is the same whenever this call is handled again. */
  idFor(call: Call, what: string): string;
}

export interface ControlTool<Input extends z.ZodType = z.ZodType> {
  name: string;
  description: string;
  input: Input;
  /** A promise where the call is checked on the world first, such as code that is proposed; it must be the same when it is asked again. */
  settle(input: z.output<Input>, call: Call, view: ControlView): ControlEffect | Promise<ControlEffect>;
}

/** Keeps the input type inferred where a tool is written. */
export function controlTool<Input extends z.ZodType>(tool: ControlTool<Input>): ControlTool<Input> {
  return tool;
}

export type ProposedCode = { files: Record<string, string>; tested: string } | { problem: string };
