/**
 * What an entry of the configuration holds, by kind. Seeds and people write it, the runtime reads it; every version is
 * stored as JSON and kept for the tasks that began with it, so a shape is only ever widened.
 */
import type { FinishingPolicy, Level } from "@/core/log/entries";
import type { ToolPolicy } from "./policy";

export interface AgentBody {
  name: string;
  /** When to use it: what `agent_selector` and other callers choose by. */
  description: string;
  instruction: string;
  /** Tools beyond the core tools. */
  tools: string[];
  documents: string[];
  /** `inherit` (the tree's model) or `provider/model`. */
  model: string;
  webSearch: boolean;
  /** Its subtasks, and theirs, get no tool that it lacks; absent: each agent has its own list. */
  confined?: true;
  /** It has these rights at most, whatever the task above it has; absent: all of those. */
  rights?: Level[];
  finishing: FinishingPolicy;
  /** What one of its tasks may spend at most, subtasks included, whatever it is given; absent: that. */
  grant?: { tokens?: number; costUsd?: number; tasks?: number; depth?: number; seconds?: number };
  /** `askDefault`: the answer to a question that nobody answered within `askTimeoutSeconds`; absent: the task fails. */
  limits: { timeoutSeconds?: number; maxTurns?: number; askTimeoutSeconds?: number; askDefault?: string };
}

export interface DocumentBody {
  name: string;
  description: string;
  body: string;
}

export interface ToolBody {
  name: string;
  title: string;
  description: string;
  /** The highest that a call of it can have. */
  level: Level;
  /** That of its most harmless call; absent: all have the same. */
  leastLevel?: Level;
  /** `mcp`: an entry is a server, and its name stands for all of its tools. */
  source: "builtin" | "mcp";
  /** Whether `list_optional_tools` shows it and `request_tools` may offer it. */
  optional: boolean;
  policy: ToolPolicy;
  availability: { available: true; since: string } | { available: false; reason: string };
  /** For `source: "mcp"`. */
  server?: ServerBody;
}

/** An MCP server as it was approved. */
export interface ServerBody {
  /** A `ServerConfig` of lib/mcp: how it is started or reached. */
  config: unknown;
  /** Code that an agent wrote, by path: put into a folder of its own, which the server sees read-only at /server. */
  files?: Record<string, string>;
  /** The command that tests it, in that folder. */
  test?: string;
  /** A call that it must answer before it is offered. */
  probe?: { tool: string; arguments: Record<string, unknown> };
  /** What it listed when it was validated; another schema than this is not called. */
  tools: ServerTool[];
  /** One process for each tree, or one for all trees. */
  scope: "tree" | "shared";
  /** How it sees the tree's folder, at /workspace. */
  workspace: "none" | "read" | "write";
}

export interface ServerTool {
  name: string;
  description: string;
  inputSchema: Record<string, unknown>;
  hash: string;
  /** Instead of the server's. */
  policy?: ToolPolicy;
}

export interface RunbookBody {
  name: string;
  description: string;
  /** The whole file, front matter included, so that line numbers in errors are the file's. */
  text: string;
}
