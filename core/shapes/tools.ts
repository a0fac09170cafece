/** Tools and servers as people and programs look at them, beyond the lists. JSON in snake_case; no value of a secret is in any of it. */

/** What a file of servers would add: nothing of it was stored or started. */
export interface ServerPreview {
  servers: PreviewedServer[];
  /** One sentence for each entry that cannot be used. */
  problems: string[];
}

export interface PreviewedServer {
  /** As it will be called here. */
  name: string;
  kind: "stdio" | "http";
  /** The command line that starts it, or its address. */
  start: string;
  hosts: string[];
  scope: "tree" | "shared";
  workspace: "none" | "read" | "write";
  /** Names of what it is given in its environment or headers. */
  settings: string[];
  /** Names of values of the file that go into the vault. */
  secrets: string[];
  /** Names of secrets that somebody has to set. */
  missing: string[];
  hazards: string[];
}

/** The newest calls of a tool, or of all tools of a server, what the last one that failed said, and its configuration's past. */
export interface ToolHistory {
  /** The newest first; of one tool of a server: none. */
  versions: ToolVersion[];
  calls: ToolCallLine[];
  last_failure: { at: string; tool: string; tree_id: string; task_id: string; text: string } | null;
}

/** What one version of a tool says, and the one before it, as text to be compared; secrets are shown as placeholders. */
export interface ToolVersionTexts {
  version: number;
  text: string;
  /** Null: it is the first. */
  before: { version: number; text: string } | null;
  /** A server's, for whoever wants it back; null: there is none to go back to. */
  entry: Record<string, unknown> | null;
}

export interface ToolVersion {
  version: number;
  by: string;
  why: string;
  origin: "seed" | "person" | "proposal";
  created_at: string;
}

/** A server that an agent proposed: nothing of it is started before somebody approves it. */
export interface ToolProposal {
  review_id: string;
  tree_id: string;
  task_id: string;
  name: string;
  by: string;
  why: string;
  created_at: string;
}

export interface ToolCallLine {
  at: string;
  tool: string;
  tree_id: string;
  /** Null: the tree was deleted. */
  tree_title: string | null;
  task_id: string;
  agent: string;
  outcome: "ok" | "failed" | "ended";
}

/** What a server lists now, against what was approved. */
export interface ServerToolChange {
  name: string;
  change: string;
  before: ToolText | null;
  after: ToolText | null;
}

/** What a model goes by; the server's own words. */
export interface ToolText {
  description: string;
  schema: Record<string, unknown>;
}

export interface ListedTool {
  name: string;
  description: string;
  /** The right that its calls need: the highest that one of them can need. */
  level: string;
  /** `core`: every agent has it. `mcp`: a server, whose name stands for all of its tools. */
  source: "core" | "builtin" | "mcp";
  core: boolean;
  optional: boolean;
  policy: string;
  /** Of its configuration; that of the server, for one of its tools. 0: it is part of the program. */
  version: number;
  available: boolean;
  unavailable_reason: string | null;
  /** Why calls of it are refused at present, until a person has looked; null: they are not. */
  held_back: string | null;
  /** Of all tools of a server together. */
  calls: number;
  failures: number;
  last_used_at: string | null;
}

/** Values of secrets are shown as their names. */
export interface ShownServer {
  kind: "stdio" | "http";
  /** The command line that starts it, or its address. */
  start: string;
  package: { name: string; version: string; integrity: string } | null;
  /** That it may reach. */
  hosts: string[];
  scope: "tree" | "shared";
  workspace: "none" | "read" | "write";
  /** Names of what it is given in its environment or headers. */
  settings: string[];
  secrets: string[];
  hazards: string[];
  /** As an entry of `mcpServers`, with secrets as placeholders; null: an agent wrote its code. */
  entry: Record<string, unknown> | null;
  /** What an agent wrote; null: nobody here did. */
  code: ServerCode | null;
  tools: { name: string; description: string; policy: string; schema: Record<string, unknown> }[];
}

/** A server's code as it was approved, and how its test went before anybody was asked. */
export interface ServerCode {
  files: { path: string; text: string }[];
  test: string | null;
  /** What the test put out; null: that is not known any more. */
  tested: string | null;
  /** The call that it had to answer before it was offered. */
  probe: { tool: string; arguments: Record<string, unknown> } | null;
}

/** One server of an imported file. */
export interface ImportedServer {
  name: string;
  /** As agents call them. */
  tools: string[];
  /** What is dangerous about it, one sentence each. */
  hazards: string[];
  /** Why it does not answer; null: it does. */
  problem: string | null;
  /** The address that a person opens to sign in at it; null: none is needed. */
  sign_in: string | null;
}

export interface TestedServer {
  sentence: string;
  /** As agents call them. */
  tools: string[];
  changes: ServerToolChange[];
  /** Hash of all that it lists, for whoever accepts exactly that. */
  listing: string;
  /** It answers as it was approved: its tools can be called. */
  ok: boolean;
  /** As in `ImportedServer`. */
  sign_in: string | null;
}
