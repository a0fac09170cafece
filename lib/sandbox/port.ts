import type { Readable, Writable } from "node:stream";

/** One shell command for the terminal sandbox. Paths are absolute paths on the host. */
export interface SandboxRun {
  command: string;
  workspace: string;
  hiddenPaths: readonly string[];
  /** The workspace is shown read-only, with a writable folder `.banyan-scratch` in it: for the checkout of the running system. */
  readOnlyWorkspace?: boolean;
  /** It is a person's folder: what git obeys in its repository is read-only. */
  guardsGit?: boolean;
  timeoutMs: number;
  signal: AbortSignal;
  /** Both streams together are cut at this many bytes; the process is killed when it goes on writing far beyond. */
  maxOutputBytes?: number;
  /** Overrides of the sandbox's limits for this call. */
  limits?: Partial<SandboxLimits>;
  /** Hosts that the command may reach, through the allow-list proxy; absent: no network. */
  network?: NetworkAccess;
  /**
   * Called for each piece of output, and every few seconds in which the processes of the run used processor time or
   * their number changed: a long build that prints nothing is alive, a command that only waits is not. Must not throw.
   */
  onActivity?(): void;
}

export interface SandboxResult {
  exitStatus: number | null;
  /** Set when the process was ended by the host. */
  endedBy?: "timeout" | "abort" | "output_limit" | "workspace_full" | "memory";
  /** Says what the last two of these mean, as a sentence. */
  problem?: string;
  stdout: string;
  stderr: string;
  truncated: boolean;
  durationMs: number;
  /** What a command with a network did with it. */
  network?: NetworkUse;
}

export interface NetworkUse {
  /** Those to hosts that may be reached. */
  connections: number;
  /** `host:port`s that may not, each once; the first few. */
  refused: string[];
  sentBytes: number;
  receivedBytes: number;
}

/** Limits of one run; each process of the run has them, `processes` is for the whole run. */
export interface SandboxLimits {
  processes: number;
  fileSizeBytes: number;
  openFiles: number;
  cpuSeconds: number;
  /** Of each process, and of all of them together. */
  memoryBytes: number;
  /** Size of /tmp and of /dev/shm, each. They are memory. */
  tmpSizeBytes: number;
}

/** `host`, `host:port`, or `*.host` for every name below it. Without a port: 80 and 443. */
export interface NetworkAccess {
  hosts: readonly string[];
  /** Written likewise: those that may have private addresses; everything else must resolve to public ones. */
  privateHosts?: readonly string[];
}

/** One program that lives longer than a call: a server on stdin and stdout, or a command in the background. */
export interface SandboxStart {
  /** As bash reads it. */
  command: string;
  /** Null: an empty folder of its own, gone with the program. */
  workspace: string | null;
  hiddenPaths: readonly string[];
  readOnlyWorkspace?: boolean;
  guardsGit?: boolean;
  /** Host folders or files that are shown read-only, at these paths. */
  readOnly?: readonly { source: string; at: string }[];
  /** Host folders that a person named in the program's configuration: shown at their own path, writable where the tools' user may write. */
  folders?: readonly string[];
  /** All of its environment beyond PATH, HOME and LANG. */
  env?: Readonly<Record<string, string>>;
  network?: NetworkAccess;
  limits?: Partial<SandboxLimits>;
}

export interface SandboxProcess {
  stdin: Writable;
  stdout: Readable;
  stderr: Readable;
  /**
   * Settles when no process of it is left and what it changed is in its workspace; never rejects. `problem` says why the
   * latter could not be, or why it was ended, as a sentence.
   */
  ended: Promise<{ exitStatus: number | null; problem?: string }>;
  /**
   * Where the program works on a copy (the server is root and so is the folder's owner): brings what changed on either side
   * to the other one. Elsewhere there is nothing to do. Rejects with one sentence.
   */
  synchronise(): Promise<void>;
  /** Ends it and everything that it started; resolves when none of it is left. */
  kill(): Promise<void>;
}

/** `noNetwork` says why commands that need a network cannot run; the others can. */
export type SandboxStatus = { available: true; noNetwork?: string } | { available: false; reason: string };

/** Runs shell commands in the terminal sandbox. `status()` is the result of the self-test, made once per process. */
export interface SandboxPort {
  status(): Promise<SandboxStatus>;
  run(run: SandboxRun): Promise<SandboxResult>;
  /** Rejects with one sentence when it cannot be started. A program has `cpuSeconds` of its own, larger, default. */
  start(start: SandboxStart): Promise<SandboxProcess>;
}
