import type { SandboxProcess } from "../sandbox/port";
import type { Timers } from "../timers";
import { WorkspaceError } from "../workspace/path";
import { createOutputRing } from "./output-ring";
import type { TerminalOutput, TerminalPoll } from "./port";

/** One command in the background. */
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
}

/** So much of a poll's answer; the next poll goes on there. */
const POLL_BYTES = 64 * 1024;
/** After the first new output a poll waits this long for more, so that a model does not read line by line. */
const SETTLE_MS = 150;
/** What nobody reads costs the server time: a program that floods is slowed down to this. */
const BYTES_PER_PERIOD = 1024 * 1024;
const PERIOD_MS = 100;
const UNREAD_INPUT_BYTES = 1024 * 1024;

export function createTerminal(process: SandboxProcess, options: TerminalOptions): Terminal {
  const { timers, now } = options;
  const ring = createOutputRing(options.outputBytes);
  const startedAtMs = now();
  const waiting = new Set<() => void>();
  let endedAtMs: number | null = null;
  let endedBy: TerminalOutput["endedBy"];
  let exitStatus: number | null = null;
  let problem: string | undefined;

  const notify = () => {
    for (const wake of [...waiting]) wake();
  };
  const streams = [process.stdout, process.stderr];
  let periodBytes = 0;
  let cancelPeriod: (() => void) | null = null;
  for (const stream of streams) {
    stream.on("data", (chunk: Buffer) => {
      ring.add(chunk);
      periodBytes += chunk.length;
      if (periodBytes > BYTES_PER_PERIOD) for (const one of streams) one.pause();
      cancelPeriod ??= timers.after(PERIOD_MS, () => {
        cancelPeriod = null;
        periodBytes = 0;
        for (const one of streams) one.resume();
      });
      notify();
    });
  }
  const drained = Promise.all(
    streams.map((stream) => new Promise<void>((resolve) => stream.once("close", () => resolve()))),
  );
  process.stdin.on("error", () => undefined);
  const cancelLifetime = timers.after(options.lifetimeMs, () => void end("lifetime"));
  const ended = Promise.all([process.ended, drained]).then(([result]) => {
    cancelLifetime();
    cancelPeriod?.();
    ring.close();
    endedAtMs = now();
    exitStatus = endedBy ? null : result.exitStatus;
    problem = result.problem;
    notify();
  });

  async function end(why: "stop" | "lifetime"): Promise<void> {
    if (endedAtMs === null) {
      endedBy ??= why;
      await process.kill();
      for (const stream of streams) stream.resume();
    }
    await ended;
  }

  /** Resolves at the next output or end, after `ms`, or when the signal is aborted. */
  function next(ms: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        waiting.delete(wake);
        cancel();
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      const cancel = timers.after(ms, wake);
      waiting.add(wake);
      signal?.addEventListener("abort", wake, { once: true });
      if (signal?.aborted) wake();
    });
  }

  return {
    isRunning: () => endedAtMs === null,
    async output({ cursor, waitMs = 0, signal }) {
      const deadlineMs = now() + waitMs;
      const isOver = () => endedAtMs !== null || now() >= deadlineMs || signal?.aborted;
      while (!isOver() && ring.end() <= cursor) await next(deadlineMs - now(), signal);
      const settledMs = Math.min(now() + SETTLE_MS, deadlineMs);
      while (!isOver() && now() < settledMs) await next(settledMs - now(), signal);
      signal?.throwIfAborted();
      const unsynchronised = endedAtMs === null ? await synchronised(process) : undefined;
      const { text, next: nextCursor, dropped } = ring.read(cursor, POLL_BYTES);
      const said = unsynchronised ?? problem;
      return {
        state: endedAtMs === null ? "running" : "ended",
        exitStatus,
        ...(endedBy && endedAtMs !== null && { endedBy }),
        output: text,
        cursor: nextCursor,
        droppedBytes: dropped,
        runningMs: (endedAtMs ?? now()) - startedAtMs,
        ...(said !== undefined && { problem: said }),
      };
    },
    input(text, close) {
      if (endedAtMs !== null) throw new WorkspaceError("The command has ended, so it reads nothing; start it again.");
      if (process.stdin.writableEnded || process.stdin.destroyed) {
        throw new WorkspaceError("The command's input is closed, so it reads nothing more.");
      }
      if (process.stdin.writableLength + Buffer.byteLength(text) > UNREAD_INPUT_BYTES) {
        throw new WorkspaceError("The command has not read what it was sent before; wait until it has.");
      }
      process.stdin.write(text);
      if (close) process.stdin.end();
    },
    end,
  };
}

async function synchronised(process: SandboxProcess): Promise<string | undefined> {
  try {
    await process.synchronise();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
