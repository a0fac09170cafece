import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { keptOutput } from "./kept-output";
import type { Over, SandboxResult, SandboxRun } from "./port";
import { processTreeUse } from "./process-tree";
import { cpuProblem } from "./use-watch";

export interface ProcessRun {
  file: string;
  args: string[];
  timeoutMs: number;
  signal: AbortSignal;
  maxOutputBytes: number;
  keepsStart: boolean;
  /** What each process may use, for the sentence about one that the kernel ended. */
  cpuSeconds: number;
  /** Data that the program reads from descriptor 3 upwards. */
  extraInputs: readonly Buffer[];
  /** Called with each piece of output. */
  onOutput?: SandboxRun["onOutput"];
  /** Called when the program or its children are active. */
  watch?: ProcessWatch | undefined;
  /** Starts a check that calls `onOver` to end the run. Returns the function that stops it. */
  guard?: ((onOver: Over, pid: number | undefined) => () => void) | undefined;
}

export interface ProcessWatch {
  onActivity(): void;
  /** Calls `look` repeatedly, until the returned function is called. */
  sample(take: () => void): () => void;
}

/** The descriptor of the first of `extraInputs`. */
export const FIRST_EXTRA_FD = 3;

/** A process that writes this much more than is kept is ended. */
const OUTPUT_SLACK_BYTES = 64 * 1024 * 1024;
const PIPE_GRACE_MS = 500;
/** The exit status that shells give for a process that reached its limit of CPU time: 128 and SIGXCPU. */
const OUT_OF_CPU = 152;

/**
 * Runs a program with an empty environment and closed input, keeping at most `maxOutputBytes` of its output in memory.
 * It is ended by SIGKILL to the process itself; bubblewrap then kills its whole process tree.
 */
export function runProcess(run: ProcessRun): Promise<SandboxResult> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    if (run.signal.aborted) {
      resolve({ exitStatus: null, endedBy: "abort", stdout: "", stderr: "", truncated: false, durationMs: 0 });
      return;
    }
    // Detached, so that a Ctrl-C meant for the server does not reach the sandbox's process.
    const stdio: StdioOptions = ["ignore", "pipe", "pipe", ...run.extraInputs.map(() => "pipe" as const)];
    const child = spawn(run.file, run.args, { cwd: "/", env: {} as NodeJS.ProcessEnv, stdio, detached: true });
    run.extraInputs.forEach((input, index) => {
      giveExtraInput(child, FIRST_EXTRA_FD + index, input);
    });
    let endedBy: SandboxResult["endedBy"];
    const end = (why: SandboxResult["endedBy"]) => {
      endedBy ??= why;
      child.kill("SIGKILL");
    };
    let problem: string | undefined;
    const output = collectOutput(child, run, () => {
      const megabytes = Math.round((run.maxOutputBytes + OUTPUT_SLACK_BYTES) / 1024 ** 2);
      problem ??= `The command was ended, because it printed more than ${megabytes} MB; write long output to a file, and read the part that you need.`;
      end("output_limit");
    });
    passOutput(child, run.onOutput);
    const stopWatching = watchActivity(child, run.watch);
    const stopGuarding = run.guard?.((sentence, why) => {
      problem ??= sentence;
      end(why);
    }, child.pid);
    const onAbort = () => end("abort");
    const timer = setTimeout(() => end("timeout"), Math.min(run.timeoutMs, 2 ** 31 - 1));
    run.signal.addEventListener("abort", onAbort, { once: true });
    const settle = () => {
      clearTimeout(timer);
      stopWatching();
      stopGuarding?.();
      run.signal.removeEventListener("abort", onAbort);
    };
    child.once("error", (error) => {
      settle();
      reject(error);
    });
    // A process that still holds the pipes after the sandbox ended has escaped it, so its pipes are closed without
    // waiting.
    child.once("exit", () => {
      setTimeout(() => {
        for (const stream of child.stdio) stream?.destroy();
      }, PIPE_GRACE_MS).unref();
    });
    child.once("close", (exitStatus) => {
      settle();
      const durationMs = Math.round(performance.now() - startedAt);
      if (endedBy === "timeout" || endedBy === "abort") problem = undefined;
      else if (!endedBy && exitStatus === OUT_OF_CPU) problem = cpuProblem(run.cpuSeconds);
      const why = { ...(endedBy && { endedBy }), ...(problem !== undefined && { problem }) };
      resolve({ exitStatus: endedBy ? null : exitStatus, ...why, ...output(), durationMs });
    });
  });
}

export function giveExtraInput(child: ChildProcess, fd: number, input: Buffer): void {
  const pipe = child.stdio[fd];
  if (!(pipe instanceof Writable)) return;
  // The program may end before it reads; its exit status says so.
  pipe.on("error", () => undefined);
  pipe.end(input);
}

/**
 * Reports activity for each piece of output, and for each sample in which CPU time or the number of processes changed.
 */
function watchActivity(child: ChildProcess, watch: ProcessWatch | undefined): () => void {
  const { pid } = child;
  if (!watch || pid === undefined) return () => undefined;
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", () => watch.onActivity());
  return activityOf(pid, watch);
}

/** Reports activity for each sample in which CPU time or the number of processes changed. Returns its end. */
export function activityOf(pid: number, watch: ProcessWatch): () => void {
  let last = processTreeUse(pid);
  return watch.sample(() => {
    const use = processTreeUse(pid);
    const isSame = use.cpuTicks === last.cpuTicks && use.processes === last.processes;
    last = use;
    if (!isSame) watch.onActivity();
  });
}

function passOutput(child: ChildProcess, onOutput: ProcessRun["onOutput"]): void {
  if (!onOutput) return;
  for (const name of ["stdout", "stderr"] as const) {
    // A chunk may end within a character.
    const decoder = new StringDecoder("utf8");
    child[name]?.on("data", (chunk: Buffer) => onOutput(decoder.write(chunk), name));
  }
}

function collectOutput(
  child: ChildProcess,
  { maxOutputBytes, keepsStart }: Pick<ProcessRun, "maxOutputBytes" | "keepsStart">,
  onFlood: () => void,
) {
  const kept = keptOutput(maxOutputBytes, keepsStart);
  let seenBytes = 0;
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.on("data", (chunk: Buffer) => {
      seenBytes += chunk.length;
      kept.add(name, chunk);
      if (seenBytes > maxOutputBytes + OUTPUT_SLACK_BYTES) onFlood();
    });
  }
  return kept.texts;
}
