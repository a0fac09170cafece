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
