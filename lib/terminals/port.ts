import type { NetworkAccess, SandboxLimits } from "../sandbox/port";
import type { LinkedGit } from "../workspace/path";

/** The caller: a task of a tree, and its folder. */
export interface TerminalUser {
  treeId: string;
  taskId: string;
  workspace: string | null;
}

export interface TerminalStart {
  /** As bash parses it. */
  command: string;
  /** The command has a terminal. */
  isTerminal?: boolean;
  workspace: string;
  hiddenPaths: readonly string[];
  readOnlyWorkspace?: boolean;
  guardsGit?: boolean;
  linkedGit?: LinkedGit;
  home?: string;
  network?: NetworkAccess;
  sharedNetwork?: string;
  limits?: Partial<SandboxLimits>;
  /** The command is ended after this time; the maximum when absent or larger. */
  lifetimeMs?: number;
  /** An abort prevents the start, or ends the command. */
  signal?: AbortSignal;
}

export interface TerminalPoll {
  /** The position to read from; absent: where this task's last poll ended. */
  cursor?: number;
  /** How long to wait for new output, or for the end. */
  waitMs?: number;
  signal?: AbortSignal;
}

export interface TerminalOutput {
  state: "running" | "ended";
  /** Null while it runs, and after a stop or the end of its lifetime. */
  exitStatus: number | null;
  endedBy?: "stop" | "lifetime";
  /** Both streams, in order of arrival, as a terminal would show this part of them. */
  output: string;
  /** The position of the next poll. */
  cursor: number;
  /** Bytes between the requested cursor and `output` that were dropped. */
  droppedBytes: number;
  runningMs: number;
  /** Whether it can reach the network, so that its output comes from outside. */
  hasNetwork: boolean;
  /** A problem other than the command's own, as a sentence. */
  problem?: string;
}

/**
 * Runs background commands, each for the task that started it. Other tasks of the same tree in the same folder can read
 * a command's output, but not write to it or stop it, because it may have more permissions than they have. Every
 * failure is a `WorkspaceError` with one sentence for the model.
 */
export interface Terminals {
  start(user: TerminalUser, start: TerminalStart): Promise<{ id: string }>;
  output(user: TerminalUser, id: string, poll?: TerminalPoll): Promise<TerminalOutput>;
  input(user: TerminalUser, id: string, text: string, close?: boolean): Promise<void>;
  /** Ends it and everything that it started. */
  stop(user: TerminalUser, id: string): Promise<TerminalOutput>;
  /**
   * Returns the hosts that a command may reach, for checks of its input; null when no such command is here.
   */
  hostsOf(id: string): readonly string[] | null;
  /** Returns the tasks whose commands run. */
  running(): string[];
  /** Ends and forgets all commands of a task, or of a tree; resolves when all have ended. */
  endOfTask(taskId: string): Promise<void>;
  endOf(treeId: string): Promise<void>;
  endAll(): Promise<void>;
  /** Ends all commands; no command can start afterwards. */
  close(): Promise<void>;
}
