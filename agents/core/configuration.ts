/**
 * What an entry of the configuration holds, by kind. Seeds and people write it, the runtime reads it; every version is
 * stored as JSON and kept for the tasks that began with it, so a shape is only ever widened.
 */
import type { FinishingPolicy, Level } from "./entries";

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
  finishing: FinishingPolicy;
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
  level: Level;
  source: "builtin";
  /** Whether `list_optional_tools` shows it and `request_tools` may offer it. */
  optional: boolean;
  policy: "auto" | "ask" | "deny";
  availability: { available: true; since: string } | { available: false; reason: string };
}

export interface RunbookBody {
  name: string;
  description: string;
  /** The whole file, front matter included, so that line numbers in errors are the file's. */
  text: string;
}
