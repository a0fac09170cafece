/** Shapes of the configuration for pages and programs: agents, context documents and runbooks, with their versions. */

import type { FinishingPolicy, Level } from "@/core/log/entries";
import type { Effort } from "@/core/log/model";
import type { A2aAnswer } from "@/core/log/terms";
import type { Refusal } from "./refusal";
import type { Amounts } from "./shapes";

/** What an entry is. */
export type EntryKind = "agent" | "document" | "runbook";

export interface AgentFields {
  name: string;
  description: string;
  instruction: string;
  /** `inherit`, `runbook` or `provider/model`. */
  model: string;
  /** Tools besides the core tools. */
  tools: string[];
  documents: string[];
  web_search: boolean;
  /** Whether all tasks below are confined to the agent's own tools. */
  confined: boolean;
  /** Most rights of the agent; null for the rights of the task above. */
  rights: Level[] | null;
  finishing: FinishingPolicy;
  /** Most that one of its tasks can spend, including subtasks; null where only the given grant counts. */
  grant: Amounts;
  /** How much the model reasons; null: as its provider sets it. */
  effort: Effort | null;
  /** How other agents that call it by A2A get its result: as a task, or as a bare message. */
  a2a_answer: A2aAnswer;
  /** Limits of one task; null where the settings decide. */
  limits: {
    timeout_seconds: number | null;
    max_turns: number | null;
    /** Output that a model call asks for. */
    output_tokens: number | null;
    ask_timeout_seconds: number | null;
    ask_default: string | null;
  };
}

export interface DocumentFields {
  name: string;
  description: string;
  body: string;
}

export interface RunbookFields {
  name: string;
  description: string;
  /** The whole file, including its front matter. */
  text: string;
}

export interface FieldsOf {
  agent: AgentFields;
  document: DocumentFields;
  runbook: RunbookFields;
}

export type EntryFields = FieldsOf[EntryKind];

/** A version of an entry. */
export interface EntryVersion {
  version: number;
  by: string;
  why: string;
  origin: "seed" | "person" | "proposal";
  created_at: string;
  /** Whether new tasks use this version. */
  live: boolean;
}

/** An entry in a list. */
export interface ListedEntry {
  kind: EntryKind;
  name: string;
  description: string;
  version: number;
  /** Whether a person or an agent has changed it since it was seeded. */
  edited: boolean;
  origin: EntryVersion["origin"];
  by: string;
  why: string;
  edited_at: string;
  /** Number of proposed changes that wait for a decision. */
  proposals: number;
  /** Estimated tokens of its text in a prompt. */
  tokens: number;
  /** Model of an agent; null for other kinds. */
  model: string | null;
  tools: string[];
  documents: string[];
  /** For a document: the agents that read it. */
  agents: string[];
  /** For a runbook: the runbooks that start it in a subtask. */
  runbooks: string[];
  /** For an agent or a runbook: its tasks that ended in the last 30 days. */
  runs: { ended: number; succeeded: number } | null;
}

export interface Entry<Kind extends EntryKind = EntryKind> extends EntryVersion {
  kind: Kind;
  name: string;
  fields: FieldsOf[Kind];
}

/** A change that an agent proposed and that is still undecided. */
export interface EntryProposal {
  /** Id of the review item. */
  review: string;
  kind: EntryKind;
  name: string;
  why: string;
  proposed_by: string;
  /** The version that it would replace; null for a new entry. */
  base_version: number | null;
  created_at: string;
  tree_id: string;
  task_id: string;
  /** Of a removal those of the live version. */
  fields: EntryFields;
  /** Whether its approval removes the entry. */
  removes: boolean;
}

/** An exported entry, in the file format of the seeds. */
export interface EntryFile {
  name: string;
  file: string;
  text: string;
}

/** The effect that an import of a file would have. */
export interface ImportPreview {
  file: string;
  /** Name of the entry; empty when the file cannot be read. */
  name: string;
  does: "nothing" | "creates" | "changes" | "fails";
  /** One sentence about what is wrong, or null. */
  problem: string | null;
  /** The position or code of the problem, where a page can point at it. */
  refusal?: Refusal;
  before: string | null;
  after: string;
}

export interface ListedAgent {
  name: string;
  description: string;
  /** Banyan itself starts it, so nobody chooses it for a task. */
  inner: boolean;
  model: string;
  tools: string[];
  documents: string[];
  version: number;
  edited: boolean;
}
