/** Shapes of tools and servers. They never contain the value of a secret. */
import type { KindPolicy } from "@/core/rules/policy";

/** The servers that an import of a file would add. Nothing was stored or started. */
export interface ServerPreview {
  servers: PreviewedServer[];
  /** One sentence for each unusable entry. */
  problems: string[];
  /** The text of the file with the mends that were asked for; null when it is as it was given. */
  text: string | null;
}

/** What will not work about a server, as its entry is. */
export interface ServerFinding {
  /** The kind of fault, such as `missing_hosts`. */
  code: string;
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
  kind: "stdio" | "http";
  /** The command line that starts it, or its address. */
  start: string;
  /** Folders that it sees besides those among its arguments, by full path. */
  folders: Record<string, "read" | "write">;
  hosts: string[];
  scope: "tree" | "shared";
  workspace: "none" | "read" | "write";
  /** Names of its environment variables or headers. */
  settings: string[];
  /** Names of values in the file that will be stored as secrets. */
  secrets: string[];
  /** Names of secrets that somebody must still set. */
  missing: string[];
  hazards: string[];
  findings: ServerFinding[];
}

/** The newest calls of a tool or of all tools of a server, the last failure, and the versions of the configuration. */
export interface ToolHistory {
  /** Versions, newest first; empty for a single tool of a server. */
  versions: ToolVersion[];
  calls: ToolCallLine[];
  last_failure: { at: string; tool: string; tree_id: string; task_id: string; text: string } | null;
}

/** A version of a tool and the previous version, as text for a comparison. Secrets appear as placeholders. */
export interface ToolVersionTexts {
  version: number;
  text: string;
  /** The previous version; null for the first. */
  before: { version: number; text: string } | null;
  /** A server's configuration, to restore this version; null when it cannot be restored. */
  entry: Record<string, unknown> | null;
}

/** A version of a tool. */
export interface ToolVersion {
  version: number;
  by: string;
  why: string;
  origin: "seed" | "person" | "proposal";
  created_at: string;
}

/** A server that an agent proposed. It is not started before a person approves it. */
export interface ToolProposal {
  review_id: string;
  tree_id: string;
  task_id: string;
  name: string;
  by: string;
  why: string;
  created_at: string;
}

/** A call of a tool. */
export interface ToolCallLine {
  at: string;
  tool: string;
  tree_id: string;
  /** Null when the tree was deleted. */
  tree_title: string | null;
  task_id: string;
  agent: string;
  outcome: "ok" | "failed" | "ended";
}

/** A difference between a server's current list of tools and the approved list. */
export interface ServerToolChange {
  name: string;
  change: string;
  before: ToolText | null;
  after: ToolText | null;
  /** Dangers of the tool as it is listed now, one sentence each. */
  hazards: string[];
}

/** The server's own texts that a model reads. */
export interface ToolText {
  description: string;
  schema: Record<string, unknown>;
}

/** A tool in a list. */
export interface ListedTool {
  name: string;
  description: string;
  /** The right that its calls need; the highest, if calls differ. */
  level: string;
  /** `core`: every agent has it. `mcp`: a server, whose name stands for all its tools. */
  source: "core" | "builtin" | "mcp";
  core: boolean;
  optional: boolean;
  policy: string;
  /** What happens to its calls now, for each kind of calls; empty when each call is judged like the server that it reads. */
  kinds: KindPolicy[];
  /** Its calls only write records in their own tree, so that they need no right and ask nobody: only "deny" applies. */
  records: boolean;
  /** Version of its configuration, or of its server's; 0 for a tool built into the program. */
  version: number;
  available: boolean;
  unavailable_reason: string | null;
  /** Why its calls are refused until a person has checked it; null when they are not. */
  held_back: string | null;
  /** Number of calls; for a server, of all its tools. */
  calls: number;
  failures: number;
  last_used_at: string | null;
}

/** A tool, or a server of tools, with all its details. */
export interface ShownTool extends ListedTool {
  schema: Record<string, unknown>;
  /** Dangers of a tool of a server, one sentence each; absent for other tools. */
  hazards?: string[];
  server?: ShownServer;
}

/** A server's configuration. Secrets appear by name only. */
export interface ShownServer {
  kind: "stdio" | "http" | "openapi" | "a2a";
  /** The command line that starts it, or its address. */
  start: string;
  package: { name: string; version: string; integrity: string } | null;
  /** Folders that it sees besides those among its arguments, by full path. */
  folders: Record<string, "read" | "write">;
  /** Hosts that it can reach. */
  hosts: string[];
  scope: "tree" | "shared";
  workspace: "none" | "read" | "write";
  /** Names of its environment variables or headers. */
  settings: string[];
  secrets: string[];
  hazards: string[];
  /** Its entry for `mcpServers`, with placeholders for secrets; null for an API, and when an agent wrote its code. */
  entry: Record<string, unknown> | null;
  /** What a person chose for an API; null for other servers. */
  api: ShownApi | null;
  /** What a person chose for an outside agent; null for other servers. */
  agent: ShownAgent | null;
  /** Code that an agent wrote; null for other servers. */
  code: ServerCode | null;
  tools: { name: string; description: string; policy: string; schema: Record<string, unknown> }[];
}

/** An added web API. */
export interface ShownApi {
  /** The title and version in its document. */
  title: string;
  /** The address of its document; null when a person gave a file. */
  document: string | null;
  auth: "none" | "bearer" | "basic" | "header";
  /** The header with its secret; null for other ways to sign a request. */
  header: string | null;
  /** The chosen operations: `GET /pets`. */
  operations: string[];
}

/** An added outside agent (A2A). What its card says comes from outside. */
export interface ShownAgent {
  title: string;
  /** The version that its card names. */
  card_version: string;
  /** Its organization; empty when its card names none. */
  provider: string;
  /** Where messages go. */
  endpoint: string;
  /** Thumbprint of the key that signed its card; null: the card is not signed. */
  signed_by: string | null;
  auth: ShownApi["auth"];
  header: string | null;
  /** The ids of the skills that agents can use. */
  skills: string[];
  /** Most messages of all trees in a minute. */
  calls_per_minute: number;
}

/** A card as it would be pinned. Nothing was stored. */
export interface OutsideAgentPreview extends Pick<ShownAgent, "title" | "provider" | "endpoint" | "signed_by"> {
  /** The name that it would get here. */
  name: string;
  /** The version that its card names. */
  version: string;
  description: string;
  /** The address of its card. */
  url: string;
  /** Hash of the card, so that a person can accept exactly this card. */
  card: string;
  skills: { id: string; name: string; description: string }[];
  hazards: string[];
}

/** What a person gives to add or change an outside agent. To change it, what is absent stays. */
export interface OutsideAgentRequest {
  name: string;
  /** Its address, or that of its card. */
  url?: string | undefined;
  /** The hash of the card that the person read; refused when the card is another one now. */
  card?: string | undefined;
  /** The ids of the skills that agents can use. */
  skills?: string[] | undefined;
  calls_per_minute?: number | undefined;
  auth?: ApiRequest["auth"];
  header?: string | undefined;
  /** Goes to the vault; absent: the stored one stays. */
  secret?: string | undefined;
}

/** A document as it would be added. Nothing was stored. */
export interface ApiPreview {
  title: string;
  version: string;
  description: string;
  /** The name that it would get here. */
  name: string;
  /** Base URLs that the document names. */
  servers: string[];
  operations: { key: string; name: string; description: string; reads: boolean }[];
  /** One sentence for each thing that was left out. */
  problems: string[];
}

/** What a person gives to add or change a web API. */
export interface ApiRequest {
  name: string;
  /** The document: its address, or its text. To change an API from a file, absent: the document stays. */
  url?: string | undefined;
  text?: string | undefined;
  base_url: string;
  /** `GET /pets`; absent: all operations that only read. */
  operations?: string[] | undefined;
  auth?: "none" | "bearer" | "basic" | "header" | undefined;
  /** With `header`: its name. */
  header?: string | undefined;
  /** Goes to the vault; absent: the stored one stays. For `basic`: `user:password`. */
  secret?: string | undefined;
}

/** A server's approved code, with the result of its test before the approval. */
export interface ServerCode {
  files: { path: string; text: string }[];
  test: string | null;
  /** Output of the test; null when it is no longer known. */
  tested: string | null;
  /** The call that the server had to answer before agents could use it. */
  probe: { tool: string; arguments: Record<string, unknown> } | null;
}

/** One server of an imported file. */
export interface ImportedServer {
  name: string;
  /** Names of its tools as agents call them. */
  tools: string[];
  /** Its dangers, one sentence each. */
  hazards: string[];
  /** Why it does not answer; null when it does. */
  problem: string | null;
  /** The address where a person signs in to it; null when no sign-in is needed. */
  sign_in: string | null;
}

/** The outcome of a connection with a tool server, and how its tools changed. */
export interface TestedServer {
  sentence: string;
  /** Names of its tools as agents call them. */
  tools: string[];
  changes: ServerToolChange[];
  /** Hash of its whole list of tools, so that a person can accept exactly that list. */
  listing: string;
  /** Whether it answers as it was approved, so that its tools can be called. */
  ok: boolean;
  /** As in `ImportedServer`. */
  sign_in: string | null;
}
