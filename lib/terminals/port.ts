import type { NetworkAccess, SandboxLimits } from "../sandbox/port";

/** Who asks: a task of a tree, and the folder in which it works. */
export interface TerminalUser {
  treeId: string;
  taskId: string;
  workspace: string | null;
}

export interface TerminalStart {
  /** As bash reads it. */
  command: string;
  workspace: string;
  hiddenPaths: readonly string[];
  readOnlyWorkspace?: boolean;
  guardsGit?: boolean;
  network?: NetworkAccess;
  sharedNetwork?: string;
  limits?: Partial<SandboxLimits>;
  /** It is ended after this time; absent, or more than there may be: the longest that there may be. */
  lifetimeMs?: number;
  /** Aborted: not started, or ended again. */
  signal?: AbortSignal;
}

export interface TerminalPoll {
  /** The position from which output is wanted; absent: where this task's last poll ended. */
  cursor?: number;
  /** How long to wait for output that is new, or for the end. */
  waitMs?: number;
  signal?: AbortSignal;
}

export interface TerminalOutput {
  state: "running" | "ended";
  /** Null while it runs, and when it was ended. */
  exitStatus: number | null;
  endedBy?: "stop" | "lifetime";
  /** Both streams, as they came. */
  output: string;
  /** Where the next poll goes on. */
  cursor: number;
  /** Bytes between the cursor that was asked for and `output` that nobody kept. */
  droppedBytes: number;
  runningMs: number;
  /** Whether it may reach the network: then what it says is from outside. */
  hasNetwork: boolean;
  /** What went wrong beside the command itself, as a sentence. */
  problem?: string;
}

/**
 * Commands that run in the background, each for the task that started it. Other tasks of the same tree that work in the same
 * folder may read what it says, but neither write to it nor stop it: it may have more rights than they. Everything rejects
 * with a `WorkspaceError`, one sentence for the model.
 */
export interface Terminals {
  start(user: TerminalUser, start: TerminalStart): Promise<{ id: string }>;
  output(user: TerminalUser, id: string, poll?: TerminalPoll): Promise<TerminalOutput>;
  input(user: TerminalUser, id: string, text: string, close?: boolean): Promise<void>;
  /** Ends it and everything that it started. */
  stop(user: TerminalUser, id: string): Promise<TerminalOutput>;
  /** The hosts that a command may reach, for whoever judges what is sent to it; empty when none, or when there is no such command. */
  hostsOf(id: string): readonly string[];
  /** Ends and forgets all of a task, or of a tree; resolves when nothing of them is left. */
  endOfTask(taskId: string): Promise<void>;
  endOf(treeId: string): Promise<void>;
  endAll(): Promise<void>;
  /** Ends all; none can be started afterwards. */
  close(): Promise<void>;
}
