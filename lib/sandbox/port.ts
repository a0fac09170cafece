/** One shell command for the terminal sandbox. Paths are absolute paths on the host. */
export interface SandboxRun {
  command: string;
  workspace: string;
  hiddenPaths: readonly string[];
  /** The workspace is shown read-only, with a writable folder `.banyan-scratch` in it: for the checkout of the running system. */
  readOnlyWorkspace?: boolean;
  timeoutMs: number;
  signal: AbortSignal;
  /** Both streams together are cut at this many bytes; the process is killed when it goes on writing far beyond. */
  maxOutputBytes?: number;
  /** Overrides of the sandbox's limits for this call. */
  limits?: Partial<SandboxLimits>;
  /**
   * Called for each piece of output, and every few seconds in which the processes of the run used processor time or
   * their number changed: a long build that prints nothing is alive, a command that only waits is not. Must not throw.
   */
  onActivity?(): void;
}

export interface SandboxResult {
  exitStatus: number | null;
  /** Set when the process was ended by the host. */
  endedBy?: "timeout" | "abort" | "output_limit";
  stdout: string;
  stderr: string;
  truncated: boolean;
  durationMs: number;
}

/** Limits of one run; each process of the run has them, `processes` is for the whole run. */
export interface SandboxLimits {
  processes: number;
  fileSizeBytes: number;
  openFiles: number;
  cpuSeconds: number;
  /** Size of /tmp and of /dev/shm, each. They are memory. */
  tmpSizeBytes: number;
}

export type SandboxStatus = { available: true } | { available: false; reason: string };

/** Runs shell commands in the terminal sandbox. `status()` is the result of the self-test, made once per process. */
export interface SandboxPort {
  status(): Promise<SandboxStatus>;
  run(run: SandboxRun): Promise<SandboxResult>;
}
