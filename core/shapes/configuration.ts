/** Shapes of the configuration for pages and programs: agents, context documents and runbooks, with their versions. */
import type { FinishingPolicy, Level } from "@/core/log/entries";
import type { Effort } from "@/core/log/model";
import type { A2aAnswer } from "@/core/log/terms";
import type { Refusal } from "./refusal";
import type { Amounts } from "./shapes";

/** What an entry is. */
export type EntryKind = "agent" | "document" | "runbook";

export interface AgentFields {
  /** Name of the agent, by which tasks and other agents call it. */
  name: string;
  /** What the agent is for, as others read it when they choose one. */
  description: string;
  /** Its system prompt. */
  instruction: string;
  /** `inherit`, `runbook` or `provider/model`. */
  model: string;
  /** Tools besides the core tools. */
  tools: string[];
  /** Names of the documents that it always reads. */
  documents: string[];
  /** Whether its model may search the web, where the provider offers that. */
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
    /** Most seconds of a model call, and of a tool call without a timeout of its own. */
    timeout_seconds: number | null;
    /** Most turns of one attempt. */
    max_turns: number | null;
    /** Output that a model call asks for. */
    output_tokens: number | null;
    /** Seconds after which a question or an approval times out. */
    ask_timeout_seconds: number | null;
    /** The answer when a question times out; null: the task fails then. */
    ask_default: string | null;
  };
}

export interface DocumentFields {
  /** Name of the document. */
  name: string;
  /** What the document is about, as agents read it when they choose one. */
  description: string;
  /** Its text in Markdown. */
  body: string;
}

export interface RunbookFields {
  /** Name of the runbook. */
  name: string;
  /** What the runbook does. */
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
  /** Number of the version, from 1. */
  version: number;
  /** Who made it: a person or an agent. */
  by: string;
  /** The reason that was given. */
  why: string;
  /** Whether it came with Banyan, from a person, or from a proposal of an agent. */
  origin: "seed" | "person" | "proposal";
  created_at: string;
  /** Whether new tasks use this version. */
  live: boolean;
}

/** An entry in a list. */
export interface ListedEntry {
  kind: EntryKind;
  /** Name of the entry. */
  name: string;
  /** What it is for. */
  description: string;
  /** Number of the live version. */
  version: number;
  /** Whether a person or an agent has changed it since it was seeded. */
  edited: boolean;
  origin: EntryVersion["origin"];
  /** Who made the live version. */
  by: string;
  /** The reason of the live version. */
  why: string;
  /** When the live version was made. */
  edited_at: string;
  /** Number of proposed changes that wait for a decision. */
  proposals: number;
  /** Estimated tokens of its text in a prompt. */
  tokens: number;
  /** Model of an agent; null for other kinds. */
  model: string | null;
  /** Names of the tools of an agent besides the core tools; empty for other kinds. */
  tools: string[];
  /** Names of the documents that an agent always reads; empty for other kinds. */
  documents: string[];
  /** For a document: the agents that read it. */
  agents: string[];
  /** For a runbook: the runbooks that start it in a subtask. */
  runbooks: string[];
  /** For an agent or a runbook: its tasks that ended in the last 30 days. */
  runs: {
    /** Tasks that ended. */
    ended: number;
    /** Those of them that succeeded. */
    succeeded: number;
  } | null;
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
  /** Name of the entry. */
  name: string;
  /** A name for the file. */
  file: string;
  /** The whole file. */
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
  /** The live version, whose text is `before`; null: there is none. */
  version: number | null;
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
