/** Shapes of tools and servers. They never contain the value of a secret. */
import type { KindPolicy } from "@/core/rules/policy";
import type { ShownAgent, ShownApi } from "./servers/outside";

/** The servers that an import of a file would add. Nothing was stored or started. */
export interface ServerPreview {
  /** The servers that the import would add. */
  servers: PreviewedServer[];
  /** One sentence for each unusable entry. */
  problems: string[];
  /** One sentence for each entry of a server that is already added. */
  already: string[];
  /** The text of the file with the mends that were asked for; null when it is as it was given. */
  text: string | null;
}

/** What will not work about a server, as its entry is. */
export interface ServerFinding {
  /** The kind of fault, such as `missing_hosts`. */
  code: string;
  /** What will not work, in one sentence. */
  sentence: string;
  /** A line to copy into the settings; null when there is none. */
  line: string | null;
  /** Changes of the entry that mend it, the recommended one first. Nothing applies one by itself. */
  mends: ServerMend[];
}

/** A change of a server's entry. */
export interface ServerMend {
  /** Names the mend in `mend` of a preview and an import. */
  id: string;
  /** What it does, as the label of a button. */
  label: string;
}

/** What adding a server would do, and what of it will not work. */
export interface PreviewedServer {
  /** The name that it will get here. */
  name: string;
  /** `stdio`: a program on the server. `http`: a server at an address. */
  kind: "stdio" | "http";
  /** The command line that starts it, or its address. */
  start: string;
  /** Folders that it sees besides those among its arguments, by full path. */
  folders: Record<string, "read" | "write">;
  /** Hosts that it can reach. */
  hosts: string[];
  /** Whether each tree has a process of its own, or all trees share one. */
  scope: "tree" | "shared";
  /** What it may do with the files of a tree. */
  workspace: "none" | "read" | "write";
  /** Names of its environment variables or headers. */
  settings: string[];
  /** Names of values in the file that will be stored as secrets. */
  secrets: string[];
  /** Names of secrets that somebody must still set. */
  missing: string[];
  /** Its dangers, one sentence each. */
  hazards: string[];
  /** What will not work, and what would mend it. */
  findings: ServerFinding[];
}

/** The newest calls of a tool or of all tools of a server, the last failure, and the versions of the configuration. */
export interface ToolHistory {
  /** The newest 50 versions, newest first; empty for a single tool of a server. */
  versions: ToolVersion[];
  /** The newest 20 calls, newest first. */
  calls: ToolCallLine[];
  /** The newest call that failed and whose log still exists; null: none. */
  last_failure: {
    /** When it failed. */
    at: string;
    /** Name of the tool. */
    tool: string;
    tree_id: string;
    task_id: string;
    /** What the tool answered, shortened. */
    text: string;
  } | null;
}

/** A version of a tool and the previous version, as text for a comparison. Secrets appear as placeholders. */
export interface ToolVersionTexts {
  /** Number of the version. */
  version: number;
  /** The whole version as text. */
  text: string;
  /** The previous version; null for the first. */
  before: {
    /** Number of the previous version. */
    version: number;
    /** The whole previous version as text. */
    text: string;
  } | null;
  /** A server's configuration, to restore this version; null when it cannot be restored. */
  entry: Record<string, unknown> | null;
}

/** A version of a tool. */
export interface ToolVersion {
  /** Number of the version, from 1. */
  version: number;
  /** Who made it: a person or an agent. */
  by: string;
  /** The reason that was given. */
  why: string;
  /** Whether it came with Banyan, from a person, or from a proposal of an agent. */
  origin: "seed" | "person" | "proposal";
  created_at: string;
}

/** A server that an agent proposed. It is not started before a person approves it. */
export interface ToolProposal {
  /** Id of the review item that decides it. */
  review_id: string;
  tree_id: string;
  task_id: string;
  /** The name that the server would get. */
  name: string;
  /** Name of the agent that proposed it. */
  by: string;
  /** The reason of the agent. */
  why: string;
  created_at: string;
}

/** A call of a tool. */
export interface ToolCallLine {
  /** When it was called. */
  at: string;
  /** Name of the tool. */
  tool: string;
  tree_id: string;
  /** Null when the tree was deleted. */
  tree_title: string | null;
  task_id: string;
  /** Name of the agent that called it. */
  agent: string;
  /** `ended`: the supervisor ended the call, so its outcome is unknown. */
  outcome: "ok" | "failed" | "ended";
}

/** A difference between a server's current list of tools and the approved list. */
export interface ServerToolChange {
  /** Name of the tool on its server. */
  name: string;
  /** What differs, in words. */
  change: string;
  /** As it was approved; null: it is new. */
  before: ToolText | null;
  /** As the server lists it now; null: it is gone. */
  after: ToolText | null;
  /** Dangers of the tool as it is listed now, one sentence each. */
  hazards: string[];
}

/** The server's own texts that a model reads. */
export interface ToolText {
  /** What the server says that the tool does. */
  description: string;
  /** JSON Schema of the tool's input. */
  schema: Record<string, unknown>;
}

/** A tool in a list. */
export interface ListedTool {
  /** Name of the tool, or of the server. */
  name: string;
  /** What it does, as agents read it. */
  description: string;
  /** The right that its calls need; the highest, if calls differ. */
  level: string;
  /** `core`: every agent has it. `mcp`: a server, whose name stands for all its tools. */
  source: "core" | "builtin" | "mcp";
  /** Whether every agent has it. */
  core: boolean;
  /** Whether agents that lack it may ask for it with `request_tools`. */
  optional: boolean;
  /**
   * Whether its calls run at once (`auto`), wait for an approval (`ask`) or are refused (`deny`); `inherit`: as the
   * policy of their level says.
   */
  policy: string;
  /** What happens to its calls now, for each kind of calls; empty when each call is judged like the server that it reads. */
  kinds: KindPolicy[];
  /** Its calls only write records in their own tree, so that they need no right and ask nobody: only "deny" applies. */
  records: boolean;
  /** Version of its configuration, or of its server's; 0 for a tool built into the program. */
  version: number;
  /** Whether it can be called now. */
  available: boolean;
  /** Why it cannot be called, in one sentence; null: it can. */
  unavailable_reason: string | null;
  /** Why its calls are refused until a person has checked it; null when they are not. */
  held_back: string | null;
  /** Number of calls; for a server, of all its tools. */
  calls: number;
  /** Number of calls that failed. */
  failures: number;
  /** When it was called last; null: never. */
  last_used_at: string | null;
}

/** A tool, or a server of tools, with all its details. */
export interface ShownTool extends ListedTool {
  /** JSON Schema of its input; empty for a server. */
  schema: Record<string, unknown>;
  /** Dangers of a tool of a server, one sentence each; absent for other tools. */
  hazards?: string[];
  /** The configuration of a server; absent for other tools. */
  server?: ShownServer;
}

/** A server's configuration. Secrets appear by name only. */
export interface ShownServer {
  /**
   * `stdio`: a program on the server. `http`: an MCP server at an address. `openapi`: a web API. `a2a`: an outside
   * agent.
   */
  kind: "stdio" | "http" | "openapi" | "a2a";
  /** The command line that starts it, or its address. */
  start: string;
  /** The package that it runs from; null: none is pinned. */
  package: {
    /** Name of the package. */
    name: string;
    /** The version that is pinned. */
    version: string;
    /** The checksum of that version. */
    integrity: string;
  } | null;
  /** Folders that it sees besides those among its arguments, by full path. */
  folders: Record<string, "read" | "write">;
  /** Hosts that it can reach. */
  hosts: string[];
  /** Whether each tree has a process of its own, or all trees share one. */
  scope: "tree" | "shared";
  /** What it may do with the files of a tree. */
  workspace: "none" | "read" | "write";
  /** Names of its environment variables or headers. */
  settings: string[];
  /** Names of the secrets of the vault that it gets. */
  secrets: string[];
  /** Its dangers, one sentence each. */
  hazards: string[];
  /** Its entry for `mcpServers`, with placeholders for secrets; null for an API, and when an agent wrote its code. */
  entry: Record<string, unknown> | null;
  /** What a person chose for an API; null for other servers. */
  api: ShownApi | null;
  /** What a person chose for an outside agent; null for other servers. */
  agent: ShownAgent | null;
  /** Code that an agent wrote; null for other servers. */
  code: ServerCode | null;
  /** The tools that agents can call. */
  tools: {
    /** Name of the tool on the server. */
    name: string;
    /** What the server says that it does. */
    description: string;
    /** Whether its calls run at once, wait for an approval or are refused; `inherit`: as the server's policy says. */
    policy: string;
    /** JSON Schema of its input. */
    schema: Record<string, unknown>;
  }[];
  /** One sentence for each thing that the server lists and that agents cannot use, with the reason. */
  left_out: string[];
}

/** A server's approved code, with the result of its test before the approval. */
export interface ServerCode {
  /** The files of the code. */
  files: {
    /** Path of the file. */
    path: string;
    /** Its whole text. */
    text: string;
  }[];
  /** The command that tests it; null: none. */
  test: string | null;
  /** Output of the test; null when it is no longer known. */
  tested: string | null;
  /** The call that the server had to answer before agents could use it. */
  probe: {
    /** Name of the called tool. */
    tool: string;
    /** The arguments of the call. */
    arguments: Record<string, unknown>;
  } | null;
}

/** One server of an imported file. */
export interface ImportedServer {
  /** Name of the server here. */
  name: string;
  /** Names of its tools as agents call them. */
  tools: string[];
  /** One sentence for each thing that it lists and that agents cannot use, with the reason. */
  left_out: string[];
  /** Its dangers, one sentence each. */
  hazards: string[];
  /** Why it does not answer; null when it does. */
  problem: string | null;
  /** The address where a person signs in to it; null when no sign-in is needed. */
  sign_in: string | null;
}

/** The outcome of a connection with a tool server, and how its tools changed. */
export interface TestedServer {
  /** What came of the connection, in one sentence. */
  sentence: string;
  /** Names of its tools as agents call them. */
  tools: string[];
  /** As in `ImportedServer`. */
  left_out: string[];
  /** How its tools differ from the approved list. */
  changes: ServerToolChange[];
  /** Hash of its whole list of tools, so that a person can accept exactly that list. */
  listing: string;
  /** Whether it answers as it was approved, so that its tools can be called. */
  ok: boolean;
  /** As in `ImportedServer`. */
  sign_in: string | null;
}
