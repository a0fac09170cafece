/**
 * The content of configuration entries, by kind. Seeds and people write it, the runtime reads it. Every version is
 * stored as JSON for the tasks that started with it, so only widen a shape.
 */
import type { FinishingPolicy, Level } from "@/core/log/entries";
import type { Effort } from "@/core/log/model";
import type { ApiOperation } from "./api-operation";
import type { ToolPolicy } from "./policy";

export interface AgentBody {
  name: string;
  /** When to use the agent. `agent_selector` and other callers choose by this text. */
  description: string;
  instruction: string;
  /** Tools besides the core tools. */
  tools: string[];
  documents: string[];
  /** `inherit` (the tree's model) or `provider/model`. */
  model: string;
  webSearch: boolean;
  /** Confines all tasks below to the agent's own tools; when absent, each agent has its own list. */
  confined?: true;
  /** Most rights of the agent; when absent, it has all rights of the task above. */
  rights?: Level[];
  finishing: FinishingPolicy;
  /** Most that one of its tasks can spend, including subtasks; when absent, only the given grant counts. */
  grant?: { tokens?: number; costUsd?: number; tasks?: number; depth?: number; seconds?: number };
  /** `askDefault` is the answer to a question that nobody answers within `askTimeoutSeconds`; without it the task fails. */
  limits: {
    timeoutSeconds?: number;
    maxTurns?: number;
    /** Output that a model call asks for. */
    outputTokens?: number;
    askTimeoutSeconds?: number;
    askDefault?: string;
  };
  /** How much the model reasons; absent: as its provider sets it. */
  effort?: Effort;
  /** How other agents that call it by A2A get its result; absent: as a task. */
  a2aAnswer?: "message";
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
  /** The highest level of its calls. */
  level: Level;
  /** The lowest level of its calls; absent when all have the same level. */
  leastLevel?: Level;
  /** `mcp` means that the entry is a server, whose name stands for all its tools. */
  source: "builtin" | "mcp";
  /** Whether `list_optional_tools` shows it and `request_tools` can add it. */
  optional: boolean;
  policy: ToolPolicy;
  availability: { available: true; since: string } | { available: false; reason: string };
  /** Only with `source: "mcp"`. */
  server?: ServerBody;
}

/** An MCP server, a web API or an outside agent as it was approved. */
export interface ServerBody {
  /** A `ServerConfig` of lib/mcp, an `ApiServer` of lib/openapi, or an `OutsideAgent` of lib/a2a: how to start or reach it. */
  config: unknown;
  /** Code that an agent wrote, by path. It goes into a separate folder, which the server sees read-only at /server. */
  files?: Record<string, string>;
  /** The command that tests the code, in that folder. */
  test?: string;
  /** A call that the server must answer before agents can use it. */
  probe?: { tool: string; arguments: Record<string, unknown> };
  /** The tools listed at its validation. A tool whose schema has changed is not called. */
  tools: ServerTool[];
  /** One sentence for each thing that the server listed then and that was left out. Absent: nothing. */
  leftOut?: string[];
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
  /** Overrides the server's policy. */
  policy?: ToolPolicy;
  /** Whether the server says that its calls only read. */
  readOnly?: true;
  /** Only of an API: the request that a call makes. */
  operation?: ApiOperation;
  /** Only of an outside agent: the id of the skill that a call asks for. */
  skill?: string;
}

export interface RunbookBody {
  name: string;
  description: string;
  /** The whole file including its front matter, so that line numbers in errors match the file. */
  text: string;
}
