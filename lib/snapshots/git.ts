import { type ChildProcess, spawn } from "node:child_process";
import { pipeline, Readable } from "node:stream";
import { startFault } from "@/lib/process/passing-fault";
import { GitError, MEMORY_LIMIT, MEMORY_SETTINGS, MOST_CPU_SECONDS, reasonIn, trustedEnvironment } from "../git/run";
import type { Listings } from "./listing";
import { SnapshotGone } from "./port";

/** The store for one operation, while it holds the lock. */
export interface Git {
  gitDir: string;
  /** Negative without a lock. */
  lockFd: number;
  signal?: AbortSignal;
  listings: Listings;
}

export interface GitCall {
  /** Text for standard input, a stream, or an open file that git reads from its current position. */
  input?: string | number | Readable;
  /** Exit statuses that count as answers, not as failures. Default: 0. */
  statuses?: readonly number[];
  /** "latin1": a character for each byte. Default: "utf8". */
  encoding?: "utf8" | "latin1";
  /** Receives the output instead of the result. Returns false when it needs no more, which ends git. */
  onOutput?: (chunk: Buffer) => boolean;
}

const LARGEST_OUTPUT_BYTES = 256 * 1024 * 1024;

/** The identity of all commits in the store, whoever runs Banyan. */
const IDENTITY = {
  GIT_AUTHOR_NAME: "Banyan",
  GIT_AUTHOR_EMAIL: "banyan@localhost",
  GIT_COMMITTER_NAME: "Banyan",
  GIT_COMMITTER_EMAIL: "banyan@localhost",
};

/** The system's words, and git's own of a pack that it could not finish. */
const FULL_DISK = /No space left on device|Out of diskspace/;
const FULL_SENTENCE = "The disk is full, so the snapshot was not stored; free some space.";

export interface RunningGit {
  child: ChildProcess;
  /** Ends git and its children immediately. */
  kill(): void;
  /**
   * Resolves with the exit status when it is in `statuses`, or with null after `kill`; throws a `GitError` otherwise,
   * or the signal's reason.
   */
  ended: Promise<number | null>;
}

export function startGit(
  git: Git,
  args: readonly string[],
  stdin: "ignore" | "pipe" | number,
  statuses: readonly number[] = [0],
): RunningGit {
  git.signal?.throwIfAborted();
  const child = spawn(
    "/bin/sh",
    ["-c", `${MEMORY_LIMIT}; ulimit -t ${MOST_CPU_SECONDS}; exec git "$@"`, "git", ...MEMORY_SETTINGS, ...args],
    {
      cwd: "/",
      env: { ...trustedEnvironment(git.gitDir), ...IDENTITY } as unknown as NodeJS.ProcessEnv,
      stdio: [stdin, "pipe", "pipe", git.lockFd < 0 ? "ignore" : git.lockFd],
      // A separate process group, so that its children end with it.
      detached: true,
    },
  );
  let killed = false;
  const kill = () => {
    // The id of an ended process may belong to another process by now.
    if (child.exitCode !== null || child.signalCode !== null) return;
    killed = true;
    killGroup(child.pid);
  };
  git.signal?.addEventListener("abort", kill, { once: true });
  let errorOutput = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    errorOutput = (errorOutput + chunk.toString("utf8")).slice(-4000);
  });
  // A git that ends early closes its input; its last output is the better reason.
  child.stdin?.on("error", () => undefined);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", (error) =>
      reject(Object.assign(new GitError(startFault("git", "git", error)), { cause: error })),
    );
    child.once("close", (status) => {
      git.signal?.removeEventListener("abort", kill);
      if (git.signal?.aborted) return reject(git.signal.reason);
      if (killed) return resolve(null);
      if (status !== null && statuses.includes(status)) return resolve(status);
      const isFull = FULL_DISK.test(errorOutput);
      const why = isFull ? FULL_SENTENCE : `git failed: ${reasonIn(errorOutput) || `exit status ${status}`}`;
      reject(new GitError(why));
    });
  });
  // The caller may fail before it awaits this.
  ended.catch(() => undefined);
  return { child, kill, ended };
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // It has already ended.
  }
}

/** Runs git on the store and returns its output. */
export async function runGit(git: Git, args: readonly string[], call: GitCall = {}): Promise<GitResult> {
  const { input } = call;
  const running = startGit(
    git,
    args,
    typeof input === "number" ? input : input === undefined ? "ignore" : "pipe",
    call.statuses,
  );
  const { child, kill, ended } = running;
  if (typeof input === "string") child.stdin?.end(input);
  // A git that ends early says why itself.
  else if (input instanceof Readable && child.stdin) pipeline(input, child.stdin, () => undefined);
  const chunks: Buffer[] = [];
  let size = 0;
  let failure: unknown;
  child.stdout?.on("data", (chunk: Buffer) => {
    if (failure) return;
    try {
      if (call.onOutput) {
        if (!call.onOutput(chunk)) kill();
        return;
      }
      size += chunk.length;
      if (size > LARGEST_OUTPUT_BYTES) throw new GitError("git's output was too large.");
      chunks.push(chunk);
    } catch (error) {
      failure = error;
      kill();
    }
  });
  const status = await ended;
  if (failure) throw failure;
  return { status, output: Buffer.concat(chunks).toString(call.encoding ?? "utf8") };
}

export interface GitResult {
  /** null when `onOutput` stopped git. */
  status: number | null;
  output: string;
}

/** Throws for anything that is not a commit of the store, so that later steps can rely on it. */
export async function requireCommits(git: Git, ...commits: string[]): Promise<void> {
  if (commits.every((commit) => git.listings.get(commit))) return;
  const [missing] = await missingCommits(git, commits);
  if (missing !== undefined) throw gone(missing);
}

/** Returns those that are no commits of the store. */
export async function missingCommits(git: Git, commits: readonly string[]): Promise<string[]> {
  const named = commits.filter(isCommitName);
  if (named.length === 0) return [...commits];
  const { output } = await runGit(git, ["cat-file", "--batch-check=%(objecttype)"], { input: `${named.join("\n")}\n` });
  const types = output.split("\n");
  const there = new Set(named.filter((_, index) => types[index] === "commit"));
  return commits.filter((commit) => !there.has(commit));
}

export function isCommitName(name: string): boolean {
  return /^[0-9a-f]{40}$/.test(name);
}

function gone(commit: string): SnapshotGone {
  return new SnapshotGone(`The snapshot ${commit.slice(0, 12)} is no longer kept; choose a newer one.`);
}
