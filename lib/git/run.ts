import { type ChildProcess, spawn } from "node:child_process";
import { startFault } from "@/lib/process/passing-fault";
import type { ToolUser } from "../process/tools-identity";
import { WorkspaceError } from "../workspace/path";

export interface GitOptions {
  /** The trusted bare repository. Never a folder that an agent can write to. */
  gitDir: string;
  signal?: AbortSignal;
  timeoutMs?: number;
  maxOutputBytes?: number;
  /** The largest file that git may write, which is the only bound on what a remote sends. */
  maxFileBytes?: number;
  env?: Record<string, string>;
  /**
   * Receives the output instead of the result, for long output. A returned sentence ends git and becomes the reason.
   */
  onOutput?: (chunk: Buffer) => string | undefined;
  /** CPU seconds; default: `MOST_CPU_SECONDS`. */
  cpuSeconds?: number;
  /** An open file that becomes git's input, from its current position. */
  inputFd?: number;
  /** A lock that the kernel holds until git has ended, even if this process is killed. */
  lockFd?: number;
  /** Runs git as this user; possible only when the server is root. */
  user?: ToolUser;
  /** Called for each chunk of git's standard error, which is its progress. */
  onActivity?(): void;
}

/**
 * The memory limit of git on the host, in KB, because data of an agent or a remote may unpack to any size. A limit of
 * data, not of address space, because packs are mapped.
 */
export const MEMORY_LIMIT = "ulimit -d 1000000";
/** Enough for a large fetch. */
export const MOST_CPU_SECONDS = 600;
/** Limits for listing: a few trees that contain each other many times give more paths than anyone can list. */
const LISTING = { cpuSeconds: 20, mostItems: 2_000_000 };
export const MEMORY_SETTINGS = [
  "-c",
  "core.bigFileThreshold=16m",
  "-c",
  "core.packedGitLimit=256m",
  "-c",
  "core.deltaBaseCacheLimit=64m",
  "-c",
  "pack.windowMemory=64m",
  "-c",
  "pack.deltaCacheSize=64m",
  "-c",
  "pack.threads=1",
  "-c",
  "index.threads=1",
];

export const DEFAULT_TIMEOUT_MS = 120_000;
const DEFAULT_OUTPUT_BYTES = 8 * 1024 * 1024;
/** How long git may take to remove its lock files after SIGTERM. It cannot remove them after SIGKILL. */
const GRACE_MS = 2_000;

/**
 * Ignores the git configuration of the machine and the user, and disables prompts, pagers, replacements and lazy
 * fetches.
 */
export function trustedEnvironment(gitDir: string): Record<string, string> {
  return {
    PATH: "/usr/local/bin:/usr/bin:/bin",
    HOME: "/nonexistent",
    LC_ALL: "C",
    GIT_DIR: gitDir,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_ATTR_NOSYSTEM: "1",
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_NO_LAZY_FETCH: "1",
    GIT_LITERAL_PATHSPECS: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ASKPASS: "/bin/false",
    GIT_PAGER: "cat",
  };
}

/** A failed git, with its last line of output. */
export class GitError extends WorkspaceError {
  override name = "GitError";

  /** `said` is the end of git's standard error. */
  constructor(
    message: string,
    readonly said = "",
  ) {
    super(message);
  }
}

/** One running git. */
interface GitRun {
  options: GitOptions;
  child: ChildProcess;
  /** Its output, unless `onOutput` takes it. */
  chunks: Buffer[];
  size: number;
  /** The end of its standard error. */
  said: string;
  /** Why it was ended; empty when it was not. */
  failure: string;
  /** Kills it after the grace; absent until it is asked to end. */
  kill?: NodeJS.Timeout;
}

/** Runs git on a trusted bare repository and returns its output. Throws a `GitError`, or the signal's reason. */
export function runGit(args: readonly string[], options: GitOptions): Promise<string> {
  options.signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawnGit(args, options);
    const run: GitRun = { options, child, chunks: [], size: 0, said: "", failure: "" };
    const { timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    const timer = setTimeout(() => endGit(run, `git took longer than ${timeoutMs} ms and was ended.`), timeoutMs);
    const end = () => endGroup(run);
    options.signal?.addEventListener("abort", end, { once: true });
    child.stdout?.on("data", (chunk: Buffer) => takeOutput(run, chunk));
    child.stderr?.on("data", (chunk: Buffer) => {
      options.onActivity?.();
      run.said = (run.said + chunk.toString("utf8")).slice(-4000);
    });
    const settle = () => {
      clearTimeout(timer);
      clearTimeout(run.kill);
      options.signal?.removeEventListener("abort", end);
    };
    child.once("error", (error) => {
      settle();
      reject(Object.assign(new GitError(startFault("git", "git", error)), { cause: error }));
    });
    child.once("close", (status, signal) => {
      settle();
      if (options.signal?.aborted) return reject(options.signal.reason);
      if (status === 0 && !run.failure) return resolve(Buffer.concat(run.chunks).toString("utf8"));
      reject(errorOf(run, status, signal));
    });
  });
}

function spawnGit(args: readonly string[], options: GitOptions): ChildProcess {
  const hardened = [
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "gc.auto=0",
    ...MEMORY_SETTINGS,
    ...args,
  ];
  const blocks = Math.floor((options.maxFileBytes ?? 4 * 1024 ** 3) / 512);
  const script = `ulimit -f ${blocks}; ${MEMORY_LIMIT}; ulimit -t ${options.cpuSeconds ?? MOST_CPU_SECONDS}; exec git "$@"`;
  return spawn("/bin/sh", ["-c", script, "git", ...hardened], {
    cwd: "/",
    env: {
      ...trustedEnvironment(options.gitDir),
      GIT_ALLOW_PROTOCOL: "http:https",
      ...options.env,
    } as unknown as NodeJS.ProcessEnv,
    stdio: [options.inputFd ?? "ignore", "pipe", "pipe", ...(options.lockFd === undefined ? [] : [options.lockFd])],
    // A separate process group, so that helpers such as git-remote-https end with it.
    detached: true,
    ...options.user,
  });
}

/** Ends git; only the first reason is reported. */
function endGit(run: GitRun, sentence: string): void {
  run.failure ||= sentence;
  endGroup(run);
}

function takeOutput(run: GitRun, chunk: Buffer): void {
  const { onOutput, maxOutputBytes = DEFAULT_OUTPUT_BYTES } = run.options;
  if (onOutput) {
    const problem = run.failure ? undefined : onOutput(chunk);
    if (problem !== undefined) endGit(run, problem);
    return;
  }
  run.size += chunk.length;
  if (run.size > maxOutputBytes) endGit(run, "git's output was too large and git was ended.");
  else run.chunks.push(chunk);
}

function errorOf({ failure, said }: GitRun, status: number | null, signal: NodeJS.Signals | null): GitError {
  const isOverTime = signal === "SIGKILL" || signal === "SIGXCPU";
  const why =
    failure ||
    (isOverTime ? "git used more CPU time than allowed and was ended; the repository may be built to cause this." : "");
  return new GitError(why || `git failed: ${reasonIn(said) || `exit status ${status}`}`, why || said);
}

/** Returns the line that says why from a failed git's output. */
export function reasonIn(said: string): string | undefined {
  const lines = said.trim().split(/[\r\n]+/);
  return lines.find((line) => /^(fatal|error): /.test(line)) ?? lines.at(-1);
}

/** Runs git with a NUL-terminated list as output, and passes on each item; the whole list is never in memory. */
export async function eachItem(
  args: readonly string[],
  options: Omit<GitOptions, "onOutput"> & { mostItems?: number },
  take: (item: string) => void,
): Promise<void> {
  const { mostItems, ...limits } = { ...LISTING, ...options };
  const decoder = new TextDecoder();
  let rest = "";
  let count = 0;
  await runGit(args, {
    ...limits,
    onOutput(chunk) {
      const items = (rest + decoder.decode(chunk, { stream: true })).split("\0");
      rest = items.pop() ?? "";
      count += items.length;
      if (count > mostItems)
        return `git listed more than ${mostItems} paths and was ended; use a smaller part of the repository.`;
      for (const item of items) take(item);
      return undefined;
    },
  });
  if (rest !== "") take(rest);
}

/** Asks git and its helpers to end, and kills what has not ended after the grace. */
function endGroup(run: GitRun): void {
  if (run.kill !== undefined) return;
  const { pid } = run.child;
  signalGroup(pid, "SIGTERM");
  run.kill = setTimeout(() => signalGroup(pid, "SIGKILL"), GRACE_MS);
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has already ended.
  }
}
