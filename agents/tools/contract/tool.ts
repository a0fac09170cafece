import type { z } from "zod";
import type { CallFault } from "@/core/log/call-faults";
import type { Level } from "@/core/log/entries";
import type { ExecutorCall, ExecutorStart } from "@/core/log/executor";
import type { ServerVersion } from "@/core/log/versions";
import type { CallKind } from "@/core/rules/policy";
import type { ExecutorWork } from "@/core/state";
import type { NetworkAccess } from "@/lib/sandbox/port";
import type { Workplace } from "@/lib/workplace/port";
import type { CallAnswer, CallAsk } from "./ask";
import type { ModelAccess, ModelsOptions } from "./models";

/**
 * What the host does with a call that was running when the process died: repeat it, let it continue what it had begun
 * (`ToolContext.resumed`), or report an unknown outcome.
 */
export type AfterCrash = "repeat" | "resume" | "report_interrupted";

/** A file that comes with an outcome. The runtime finds out what it is, and says so in the response. */
interface OutcomeFile {
  name: string;
  bytes: Uint8Array;
}

export interface ToolOutcome {
  /** What the model reads: text or JSON as text. The runtime caps it and keeps the full text. */
  content: string;
  /** Images and PDF files, which a model gets if it reads them. */
  files?: readonly OutcomeFile[];
  isError?: boolean;
  /** What went wrong, as a code; absent: nothing more is known than `isError`. */
  fault?: CallFault;
  /** The content comes from outside the tree (a page, a repository, a server). A task that reads it becomes tainted. */
  outside?: boolean;
  /** The host ended the call, and the content says so itself. */
  tellsItsEnd?: true;
  /** A flag that the host raises for a person, whether or not the agent mentions it. */
  flag?: { title: string; detail: string; evidence: string };
}

/** What a call cost outside of the task's own model calls. */
export interface ToolCharge {
  /** The model that the provider charges tokens of. */
  model: string;
  inputTokens: number;
  outputTokens: number;
  /** What the provider charges beside the tokens. */
  microUsd: number;
  /** What it was, as a sentence. */
  why: string;
}

/** Who calls, as far as it decides how a call would run. */
export interface Caller {
  /** The model of the calling task. */
  model: string;
}

/** What one call would touch, when that depends on its input. */
export interface CallEffect {
  level: Level;
  /** A right that the call needs in addition to its level: a command with network access also writes. */
  alsoNeeds?: Level;
  /** The hosts that it reaches, as `host` or `host:port`. Allow-listed hosts need no approval. */
  hosts?: readonly string[];
  /** The call sends data out (a body, a query, a push), so a tainted task needs approval for it. */
  sends?: boolean;
}

/** What a world tool gets with each call. */
export interface ToolContext {
  treeId: string;
  taskId: string;
  /** The same for each repetition of a call after a crash, and different for every other call. */
  callId?: string;
  /** Name of the calling agent. */
  agent?: string;
  /** The model of the calling task. */
  model?: string;
  /** The tree's folder, or the task's own, and everything that happens in it; null when the task has none. */
  workplace: Workplace | null;
  /** Where the server keeps what it needs for this tree besides its folders, such as copies of its rows. */
  cacheDir: string;
  /** Whether the task holds the network right, and the `host:port`s that may have private addresses. Absent: no network. */
  network?: NetworkAccess & { allowed: boolean };
  /** The task's added servers, in their pinned versions. */
  servers?: readonly ServerVersion[];
  /** Aborted at a stop, a timeout and a lost lease. The tool must end everything that it started before it settles. */
  signal: AbortSignal;
  /** Why the host aborted the call: its time is over, or it showed no sign of life. Null: neither. */
  endedBy?(): "time" | "silence" | null;
  /** The tool calls it at each sign of life, such as output or progress. */
  onActivity?(): void;
  /**
   * The tool reserves the most that a charge may be, before it causes it. Resolves with why grant or caps do not cover it, in
   * sentences; null: they do.
   */
  reserve?(most: Omit<ToolCharge, "why">): Promise<string | null>;
  /** The tool reports what the call cost. It counts even when the call fails afterwards. */
  onCharge?(charge: ToolCharge): void;
  /** Lets programs that the tool starts reach models, at the cost of the task. Rejects for a tool that may run twice. */
  openModels?(options: ModelsOptions): Promise<ModelAccess>;
  /**
   * Asks a person and waits, without counting the time of the call. A call that can go on later is ended when that takes
   * long, and started again with the answer. Rejects when the call ends meanwhile. Absent: nobody can be asked.
   */
  ask?(ask: CallAsk): Promise<CallAnswer>;
  /** Set when the call began before and was cut: what is known of its outside programs, by their pieces. */
  resumed?: readonly ExecutorWork[];
  /** The tool records what an outside program does for the call. Resolves when that is on disk. */
  onExecutor?(
    event: ({ type: "executor_started" } & ExecutorStart) | ({ type: "executor_call" } & ExecutorCall),
  ): Promise<void>;
  /** The tool reports its progress in one line, for people who watch. */
  onProgress?(line: string): void;
  /** The tool passes on what its command prints, for people who watch. */
  onOutput?(text: string, stream: "stdout" | "stderr"): void;
  /** Milliseconds left for this call. */
  timeoutMs: number;
}

/** What a call would do. */
export interface Plan {
  /** As a sentence. */
  does: string;
  parts?: { name: string; text: string }[];
  /** Files that it would write or stage. */
  files?: string[];
}

/** A tool that acts outside the log. Core tools, which only write records in the tree, are in control.ts. */
export interface WorldTool<Input extends z.ZodType = z.ZodType> {
  name: string;
  description: string;
  input: Input;
  /** The highest level that a call can have. */
  level: Level;
  /** Returns what a call touches, and must not throw. Absent: every call has the tool's level. */
  effectOf?: (input: z.output<Input>, caller?: Caller) => CallEffect;
  /** The kinds of calls that `effectOf` tells apart, for people. Absent: all calls are of one kind. */
  kinds?: readonly CallKind[];
  /** Returns the added server that a call reaches. The call is then judged like a call of that server's tools. */
  serverOf?: (input: z.output<Input>) => string;
  /**
   * For a tool that changes the file `path`: returns its text after the call. `before` is null when there is no file.
   * Throws a `WorkspaceError` when the call would fail. People see the difference before they approve the call.
   */
  changeOf?: (input: z.output<Input>, before: string | null) => string;
  /**
   * Returns what the call would do, for people who approve it; null when its arguments show it. It only reads, and is
   * quick. Throws a `WorkspaceError` when the call would fail.
   */
  planOf?: (input: z.output<Input>, workplace: Workplace | null) => Promise<Plan | null>;
  /** Returns why no call can run at present, as a sentence, or null. It is asked before a person is. */
  unavailable?: (caller?: Caller) => string | null;
  afterCrash: AfterCrash;
  /** All that a call does, it does in the workplace. So on a runner, which outlives the server, it goes on after a crash. */
  onlyInWorkplace?: true;
  /** Its programs write files from content that comes from outside, whatever a call's level is. */
  leavesOutside?: true;
  /**
   * The tool ends its work when `timeoutMs` of its context is over, and answers with what it has until then. The host
   * waits a little longer for that answer before it aborts the call.
   */
  keepsTime?: true;
  /** The tool calls `onActivity` while it works, so the host may end a call that stays silent. */
  showsLife?: true;
  /** Returns the call's own timeout in milliseconds, when the input sets one. */
  timeoutMs?: (input: z.output<Input>) => number | undefined;
  run(input: z.output<Input>, context: ToolContext): Promise<ToolOutcome>;
}

/** Returns a kind of calls. `effect`: what its calls touch; `hosts` when they reach hosts. */
export function kind(
  what: string,
  {
    level,
    alsoNeeds = null,
    hosts = false,
    sends = false,
  }: Partial<Omit<CallEffect, "hosts" | "alsoNeeds">> & {
    level: Level;
    alsoNeeds?: Level | null;
    hosts?: boolean;
  },
): CallKind {
  return { what, level, also_needs: alsoNeeds, hosts, sends };
}

/** Returns the tool unchanged; it lets TypeScript infer the input type. */
export function worldTool<Input extends z.ZodType>(tool: WorldTool<Input>): WorldTool<Input> {
  return tool;
}
