import type { z } from "zod";
import type { Level, ServerVersion } from "@/core/log/entries";
import type { NetworkAccess, SandboxPort } from "@/lib/sandbox/port";

/** What the host does with a call that was started when the process died: run it again, or say that its outcome is unknown. */
export type AfterCrash = "repeat" | "report_interrupted";

export interface ToolOutcome {
  /** What the model reads: text or JSON as text. The runtime caps it and keeps the full text. */
  content: string;
  isError?: boolean;
  /** It brought in content from outside the tree (a page, a repository, a server): whoever reads it is tainted from then on. */
  outside?: boolean;
  /** What a person should look at, whatever the agent says of it: put before them as a flag of the host's. */
  flag?: { title: string; detail: string; evidence: string };
}

/** What one call would touch, where that depends on its input. */
export interface CallEffect {
  level: Level;
  /** A right that it takes beside its level's: a command that reaches the network writes, too. */
  alsoNeeds?: Level;
  /** The hosts that it reaches, as `host` or `host:port`: allow-listed ones need no approval. */
  hosts?: readonly string[];
  /** It sends something out (a body, a query, a push), not only fetches: asked for when the task is tainted. */
  sends?: boolean;
}

/** What a tool that works on the world is given. Paths are absolute paths on the host. */
export interface ToolContext {
  treeId: string;
  taskId: string;
  /** Name of the agent that calls. */
  agent?: string;
  /** The tree's (or the task's own) workspace folder, or null when the task has none. */
  workspace: string | null;
  /** The data folder's place for this tree's host-side caches (bare repositories); outside every workspace. */
  cacheDir: string;
  /** Host paths (data folder, key file) that no tool may show, even when they lie inside the workspace. */
  hiddenPaths: string[];
  /** Only the scratch folder takes files: the workspace holds the running system, or something that is hidden. */
  isReadOnly?: boolean;
  /** It is a person's folder: what git obeys in it is not written. */
  guardsGit?: boolean;
  /** Whether the task holds the network right, and the `host:port`s that may have private addresses. Absent: no network. */
  network?: NetworkAccess & { allowed: boolean };
  /** The added servers that the task has, in the versions that it keeps. */
  servers?: readonly ServerVersion[];
  /** Aborted at a stop, at the time-out, and when the lease is lost. The tool must end what it started before it settles. */
  signal: AbortSignal;
  /** Call it at each sign of life: output, progress. */
  onActivity?(): void;
  /** One line about how far it has come, for people who watch. */
  onProgress?(line: string): void;
  /** Milliseconds left for this call. */
  timeoutMs: number;
  sandbox: SandboxPort;
}

/** A tool that works on the world. Core tools, whose effect is a record in the tree, are `ControlTool` in control.ts. */
export interface WorldTool<Input extends z.ZodType = z.ZodType> {
  name: string;
  description: string;
  input: Input;
  /** The highest level that a call of it can have. */
  level: Level;
  /** Must not throw; absent: every call has the tool's level. */
  effectOf?: (input: z.output<Input>) => CallEffect;
  /** The added server that a call reaches: it is then judged as a call of that server's tools is. */
  serverOf?: (input: z.output<Input>) => string;
  afterCrash: AfterCrash;
  /** It calls `onActivity` while it is alive, so that a call that does not may be ended. */
  showsLife?: true;
  /** The call's own time-out in milliseconds, when the input says one. */
  timeoutMs?: (input: z.output<Input>) => number | undefined;
  run(input: z.output<Input>, context: ToolContext): Promise<ToolOutcome>;
}

/** Keeps the input type inferred where a tool is written. */
export function worldTool<Input extends z.ZodType>(tool: WorldTool<Input>): WorldTool<Input> {
  return tool;
}
