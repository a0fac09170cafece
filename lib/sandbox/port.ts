import type { Readable, Writable } from "node:stream";
import type { HostProblem } from "../net/check";
import type { LinkedGit } from "../workspace/path";

/** One shell command for the terminal sandbox. Paths are absolute paths on the host. */
export interface SandboxRun {
  command: string;
  workspace: string;
  hiddenPaths: readonly string[];
  /**
   * Mounts the workspace read-only, with a writable folder `.banyan-scratch` in it: for the checkout of the running
   * system.
   */
  readOnlyWorkspace?: boolean;
  /** Protects a person's folder: the files that git obeys in its repository are read-only. */
  guardsGit?: boolean;
  /** The repository of a person's folder that is outside of it, which is shown and protected in the same way. */
  linkedGit?: LinkedGit;
  /** Files and folders of the server to show, read-only. */
  readOnly?: readonly { source: string; at: string }[];
  /** A folder of the server that is the command's home at SANDBOX_HOME, writable. Absent: its home is the workspace. */
  home?: string;
  timeoutMs: number;
  signal: AbortSignal;
  /**
   * Both streams together are cut to this many bytes, without their middle; a process that writes far more is killed.
   */
  maxOutputBytes?: number;
  /** Of an output that is cut only its beginning is kept: for output that programs read. */
  keepsStart?: boolean;
  /** Overrides of the sandbox's limits for this call. */
  limits?: Partial<SandboxLimits>;
  /** What the command sees of its machine instead of the usual folder, account and host name. */
  place?: SandboxPlace;
  /** Hosts that the command may reach through the allow-list proxy; absent: no network. */
  network?: NetworkAccess;
  /**
   * Without `network`: the command shares its loopback with the programs that were started with the same value and still
   * run, so that they reach each other's ports. With `network` it does not: the proxy is for this command alone.
   */
  sharedNetwork?: string;
  /**
   * Called for each piece of output, and every few seconds in which the processes of the run used CPU time or their
   * number changed: a long silent build is active, a command that only waits is not. Must not throw.
   */
  onActivity?(): void;
  /** Called with each piece of output, also with output that is no longer kept. Must not throw. */
  onOutput?(text: string, stream: "stdout" | "stderr"): void;
}

/** Where a command finds itself. */
export interface SandboxPlace {
  /** The absolute path of the workspace, which no other folder of the sandbox has. */
  folder: string;
  /** It may be above `folder`. */
  home: string;
  /** A folder of the server that is the home, writable. Absent: the home is in memory, and small. */
  homeFolder?: string;
  user: { name: string; id: number };
  host: string;
  /** Further variables of the environment. */
  env: Readonly<Record<string, string>>;
}

export interface SandboxResult {
  exitStatus: number | null;
  /** Set when the host ended the process. */
  endedBy?: "timeout" | "abort" | "output_limit" | "workspace_full" | "memory" | "cpu";
  /** A sentence that explains why the host or the kernel ended the command. */
  problem?: string;
  stdout: string;
  stderr: string;
  truncated: boolean;
  durationMs: number;
  /** How the command used its network. */
  network?: NetworkUse;
}

export interface NetworkUse {
  /** The number of connections to allowed hosts. */
  connections: number;
  /** The first few refused `host:port`s, each once. */
  refused: string[];
  /** Why the first few hosts were not reached, each once. Runners of older releases do not say it. */
  unreached?: Unreached[];
  sentBytes: number;
  receivedBytes: number;
}

/** `host`: with its port, or as the command wrote it. */
export interface Unreached {
  host: string;
  why: NotReached;
}

/** `other_name`: through the tunnel to a listed host, the command asked for another one. */
export const NOT_REACHED = [
  "not_listed",
  "not_a_host",
  "other_name",
  "no_answer",
  "unknown",
  "private",
  "link_local",
  "documentation",
  "reserved",
] as const satisfies readonly ("not_listed" | "not_a_host" | "other_name" | "no_answer" | HostProblem)[];
export type NotReached = (typeof NOT_REACHED)[number];

/** Ends the run, with a sentence that says why. */
export type Over = (problem: string, why: "workspace_full" | "memory" | "cpu") => void;

/** Limits of one run. They apply to each process; `processes` applies to the whole run. */
export interface SandboxLimits {
  processes: number;
  fileSizeBytes: number;
  openFiles: number;
  /** Absent in a run: what its timeout allows on all processors. */
  cpuSeconds: number;
  /** For each process, and for all processes together. */
  memoryBytes: number;
  /** The size of /tmp, and of /dev/shm. Both are in memory. */
  tmpSizeBytes: number;
}

/** `host`, `host:port`, or `*.host` for every name below it. Without a port: 80 and 443. */
export interface NetworkAccess {
  hosts: readonly string[];
  /** Hosts in the same form that may have private addresses; all other hosts must resolve to public addresses. */
  privateHosts?: readonly string[];
}

/** A program that outlives a call: a server on stdin and stdout, or a background command. */
export interface SandboxStart {
  /** As bash parses it. */
  command: string;
  /** Null: an empty folder that is removed with the program. */
  workspace: string | null;
  hiddenPaths: readonly string[];
  readOnlyWorkspace?: boolean;
  guardsGit?: boolean;
  linkedGit?: LinkedGit;
  /** Host folders or files to mount read-only at these paths. */
  readOnly?: readonly { source: string; at: string }[];
  /** Further folders of the server, writable; as root they must belong to the user of the workspace. */
  writable?: readonly { source: string; at: string }[];
  /** As for a run; as root it must belong to the user of the workspace. */
  home?: string;
  /**
   * For programs that use sandboxes or browsers themselves, such as tests of Banyan: user namespaces and a home folder
   * in memory. Rejects with one sentence where this machine cannot do it.
   */
  isNested?: boolean;
  /**
   * Host folders from the program's configuration that a person named: mounted at their own path, writable where the
   * tools' user may write.
   */
  folders?: readonly string[];
  /** Its whole environment except for PATH, HOME and LANG. */
  env?: Readonly<Record<string, string>>;
  network?: NetworkAccess;
  /** As for a run; the first program with a value makes the network. */
  sharedNetwork?: string;
  /** A socket of the server that the program reaches at this port of its own 127.0.0.1. Not together with `network`. */
  forward?: { socket: string; port: number };
  limits?: Partial<SandboxLimits>;
  /** As for a run, without output. Must not throw. */
  onActivity?(): void;
}

export interface SandboxProcess {
  stdin: Writable;
  stdout: Readable;
  stderr: Readable;
  /**
   * Settles when all its processes have ended and its changes are in its workspace; never rejects. `problem` is a
   * sentence that says why the changes could not be copied, or why the program was ended.
   */
  ended: Promise<{ exitStatus: number | null; problem?: string }>;
  /**
   * Copies changes both ways where the program works on a copy (the server and the folder's owner are root); does
   * nothing elsewhere. Rejects with one sentence.
   */
  synchronise(): Promise<void>;
  /** Ends it and everything that it started; resolves when all of it has ended. */
  kill(): Promise<void>;
}

/**
 * `noNetwork` says why commands that need a network cannot run; other commands can. `noSharedNetwork` says why commands
 * cannot share a loopback; each has its own then.
 */
export type SandboxStatus =
  | { available: true; noNetwork?: string; noSharedNetwork?: string }
  | { available: false; reason: string };

/** Runs shell commands in the terminal sandbox. `status()` returns the result of the self-test. */
export interface SandboxPort {
  status(): Promise<SandboxStatus>;
  run(run: SandboxRun): Promise<SandboxResult>;
  /** Rejects with one sentence when the program cannot start. A program has its own, larger default of `cpuSeconds`. */
  start(start: SandboxStart): Promise<SandboxProcess>;
}
