/** Entries of the configuration as pages and programs see them: agents, context documents and runbooks, with their versions. */

import type { FinishingPolicy, Level } from "@/core/log/entries";
import type { Refusal } from "./refusal";
import type { Amounts } from "./shapes";

export type EntryKind = "agent" | "document" | "runbook";

export interface AgentFields {
  name: string;
  description: string;
  instruction: string;
  /** `inherit`, `runbook` or `provider/model`. */
  model: string;
  /** Beyond the core tools. */
  tools: string[];
  documents: string[];
  web_search: boolean;
  /** Its subtasks, and theirs, get no tool that it lacks. */
  confined: boolean;
  /** null: those of the task above it. */
  rights: Level[] | null;
  finishing: FinishingPolicy;
  /** What one of its tasks may spend at most, subtasks included; null: what it is given. */
  grant: Amounts;
  /** null: as the settings say. */
  limits: {
    timeout_seconds: number | null;
    max_turns: number | null;
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
  /** The whole file, front matter included. */
  text: string;
}

export interface FieldsOf {
  agent: AgentFields;
  document: DocumentFields;
  runbook: RunbookFields;
}

export type EntryFields = FieldsOf[EntryKind];

export interface EntryVersion {
  version: number;
  by: string;
  why: string;
  origin: "seed" | "person" | "proposal";
  created_at: string;
  /** Tasks that begin now use it. */
  live: boolean;
}

export interface ListedEntry {
  kind: EntryKind;
  name: string;
  description: string;
  version: number;
  /** It is not what a seed wrote. */
  edited: boolean;
  origin: EntryVersion["origin"];
  by: string;
  why: string;
  edited_at: string;
  /** Changes of it that wait for a decision. */
  proposals: number;
  /** About how many tokens its text takes in a prompt. */
  tokens: number;
  /** Of an agent. */
  model: string | null;
  tools: string[];
  documents: string[];
  /** Of a document: who reads it. */
  agents: string[];
  /** Of a runbook: which start it in a subtask. */
  runbooks: string[];
  /** Of an agent or a runbook: its tasks that ended in the last 30 days. */
  runs: { ended: number; succeeded: number } | null;
}

export interface Entry<Kind extends EntryKind = EntryKind> extends EntryVersion {
  kind: Kind;
  name: string;
  fields: FieldsOf[Kind];
}

/** A change that an agent proposed and nobody has decided about. */
export interface EntryProposal {
  /** Id of the review item. */
  review: string;
  kind: EntryKind;
  name: string;
  why: string;
  proposed_by: string;
  /** The version that it would replace; null: it is new. */
  base_version: number | null;
  created_at: string;
  tree_id: string;
  task_id: string;
  fields: EntryFields;
}

/** In the layout of the seeds. */
export interface EntryFile {
  name: string;
  file: string;
  text: string;
}

/** What importing a file would do. */
export interface ImportPreview {
  file: string;
  /** Empty: the file cannot be read. */
  name: string;
  does: "nothing" | "creates" | "changes" | "fails";
  /** One sentence; null: nothing is wrong. */
  problem: string | null;
  /** What the problem is about, where a page can point at it. */
  refusal?: Refusal;
  before: string | null;
  after: string;
}

export interface ListedAgent {
  name: string;
  description: string;
  model: string;
  tools: string[];
  documents: string[];
  version: number;
  edited: boolean;
}
