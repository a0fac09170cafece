import type { Timers } from "@/lib/time/timers";
import type { SandboxProcess } from "../sandbox/port";
import { WorkspaceError } from "../workspace/path";
import { createOutputRing, type OutputRing } from "./output-ring";
import type { TerminalOutput, TerminalPoll } from "./port";
import { shownIn, type Written } from "./shown";

/** One background command. */
export interface Terminal {
  isRunning(): boolean;
  output(poll: TerminalPoll & { cursor: number }): Promise<Omit<TerminalOutput, "hasNetwork">>;
  input(text: string, close: boolean): void;
  end(why: "stop" | "lifetime"): Promise<void>;
}

export interface TerminalOptions {
  timers: Timers;
  now(): number;
  outputBytes: number;
  lifetimeMs: number;
  written: Written;
}

/** The most output per poll; the next poll continues there. */
const POLL_BYTES = 64 * 1024;
/** After the first new output a poll waits this long for more, so that a model does not read line by line. */
const SETTLE_MS = 150;
/** Unread output costs the server time, so a program that floods is slowed down to this. */
const BYTES_PER_PERIOD = 1024 * 1024;
const PERIOD_MS = 100;
const UNREAD_INPUT_BYTES = 1024 * 1024;

interface TerminalContext {
  process: SandboxProcess;
  options: TerminalOptions;
  ring: OutputRing;
  /** Polls that wait for the next output or the end. */
  waiting: Set<() => void>;
  startedAtMs: number;
  endedAtMs: number | null;
  endedBy: TerminalOutput["endedBy"];
  exitStatus: number | null;
  problem: string | undefined;
  /** Bytes read in the current period. */
  periodBytes: number;
  cancelPeriod: (() => void) | null;
  cancelLifetime(): void;
  /** Settles when the process has ended and all its output is read. */
  ended: Promise<void>;
}

export function createTerminal(process: SandboxProcess, options: TerminalOptions): Terminal {
  const context: TerminalContext = {
    process,
    options,
    ring: createOutputRing(options.outputBytes),
    waiting: new Set(),
    startedAtMs: options.now(),
    endedAtMs: null,
    endedBy: undefined,
    exitStatus: null,
    problem: undefined,
    periodBytes: 0,
    cancelPeriod: null,
    cancelLifetime: () => undefined,
    ended: Promise.resolve(),
  };
  const streams = streamsOf(context);
  for (const stream of streams) stream.on("data", (chunk: Buffer) => takeOutput(context, chunk));
  const drained = Promise.all(
    streams.map((stream) => new Promise<void>((resolve) => stream.once("close", () => resolve()))),
  );
  process.stdin.on("error", () => undefined);
  context.cancelLifetime = options.timers.after(options.lifetimeMs, () => void end(context, "lifetime"));
  context.ended = Promise.all([process.ended, drained]).then(([result]) => noteEnd(context, result));
  return {
    isRunning: () => context.endedAtMs === null,
    output: (poll) => output(context, poll),
    input: (text, close) => input(context, text, close),
    end: (why) => end(context, why),
  };
}

function streamsOf({ process }: TerminalContext) {
  return [process.stdout, process.stderr];
}

function takeOutput(context: TerminalContext, chunk: Buffer): void {
  const streams = streamsOf(context);
  context.ring.add(chunk);
  context.periodBytes += chunk.length;
  if (context.periodBytes > BYTES_PER_PERIOD) for (const stream of streams) stream.pause();
  context.cancelPeriod ??= context.options.timers.after(PERIOD_MS, () => {
    context.cancelPeriod = null;
    context.periodBytes = 0;
    for (const stream of streams) stream.resume();
  });
  notify(context);
}

function noteEnd(context: TerminalContext, result: Awaited<SandboxProcess["ended"]>): void {
  context.cancelLifetime();
  context.cancelPeriod?.();
  context.ring.close();
  context.endedAtMs = context.options.now();
  context.exitStatus = context.endedBy ? null : result.exitStatus;
  context.problem = result.problem;
  notify(context);
}

function notify({ waiting }: TerminalContext): void {
  for (const wake of [...waiting]) wake();
}

async function end(context: TerminalContext, why: "stop" | "lifetime"): Promise<void> {
  if (context.endedAtMs === null) {
    context.endedBy ??= why;
    await context.process.kill();
    for (const stream of streamsOf(context)) stream.resume();
  }
  await context.ended;
}

async function output(
  context: TerminalContext,
  { cursor, waitMs = 0, signal }: TerminalPoll & { cursor: number },
): ReturnType<Terminal["output"]> {
  const { process, ring, startedAtMs } = context;
  const { now, written } = context.options;
  const deadlineMs = now() + waitMs;
  const isOver = () => context.endedAtMs !== null || now() >= deadlineMs || signal?.aborted;
  while (!isOver() && ring.end() <= cursor) await untilNext(context, deadlineMs - now(), signal);
  const settledMs = Math.min(now() + SETTLE_MS, deadlineMs);
  while (!isOver() && now() < settledMs) await untilNext(context, settledMs - now(), signal);
  signal?.throwIfAborted();
  const unsynchronised = context.endedAtMs === null ? await synchronised(process) : undefined;
  const { text, next, dropped } = ring.read(cursor, POLL_BYTES);
  const shown = await shownIn(text, written);
  const { endedAtMs, endedBy, exitStatus } = context;
  const currentProblem = unsynchronised ?? context.problem;
  return {
    state: endedAtMs === null ? "running" : "ended",
    exitStatus,
    ...(endedBy && endedAtMs !== null && { endedBy }),
    output: shown,
    cursor: next,
    droppedBytes: dropped,
    runningMs: (endedAtMs ?? now()) - startedAtMs,
    ...(currentProblem !== undefined && { problem: currentProblem }),
  };
}

/** Resolves at the next output, at the end, after `ms`, or when the signal aborts. */
function untilNext({ waiting, options }: TerminalContext, ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      waiting.delete(wake);
      cancel();
      signal?.removeEventListener("abort", wake);
      resolve();
    };
    const cancel = options.timers.after(ms, wake);
    waiting.add(wake);
    signal?.addEventListener("abort", wake, { once: true });
    if (signal?.aborted) wake();
  });
}

function input({ process, endedAtMs }: TerminalContext, text: string, close: boolean): void {
  if (endedAtMs !== null) throw new WorkspaceError("The command has ended, so it cannot read input; start it again.");
  if (process.stdin.writableEnded || process.stdin.destroyed) {
    throw new WorkspaceError("The command's input is closed, so it cannot read more.");
  }
  if (process.stdin.writableLength + Buffer.byteLength(text) > UNREAD_INPUT_BYTES) {
    throw new WorkspaceError("The command has not read its earlier input; wait until it has.");
  }
  process.stdin.write(text);
  if (close) process.stdin.end();
}

async function synchronised(process: SandboxProcess): Promise<string | undefined> {
  try {
    await process.synchronise();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
