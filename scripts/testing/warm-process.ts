/** Runs commands one after another in a process that has the programs loaded; see `warm-program.mjs`. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import path from "node:path";
import { onTestFinished } from "vitest";
import type { WarmRequest } from "./warm-program.mjs";

const PROGRAM = path.join(import.meta.dirname, "warm-program.mjs");

export interface Finished {
  status: number | null;
  stdout: string;
  stderr: string;
}

interface Warm {
  child: ChildProcess;
  command: Command | null;
}

interface Command {
  mark: string;
  output: Finished;
  /** As the command says it, before the last output has arrived. */
  status: number | undefined;
  end(status: number | null): void;
}

/** One for each program's file, which a worker keeps for its next test file. */
const idle = new Map<string, Warm>();

/** Runs `main` of the file with nothing else in its process. It ends with the test at the latest. */
export function runWarm(file: string, asked: Omit<WarmRequest, "mark">): Promise<Finished> {
  const warm = idle.get(file) ?? startWarm(file);
  idle.delete(file);
  const mark = randomUUID();
  return new Promise((resolve) => {
    const output: Finished = { status: null, stdout: "", stderr: "" };
    const end = (status: number | null) => {
      warm.command = null;
      resolve(Object.assign(output, { status }));
    };
    const command: Command = { mark, output, status: undefined, end };
    warm.command = command;
    onTestFinished(() => void (warm.command === command && warm.child.kill("SIGKILL")));
    warm.child.send({ ...asked, mark } satisfies WarmRequest);
  });
}

function startWarm(file: string): Warm {
  const child = spawn(process.execPath, [PROGRAM, file], {
    // Each command brings its own.
    env: { NODE_ENV: "production" },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    serialization: "advanced",
  });
  const warm: Warm = { child, command: null };
  for (const name of ["stdout", "stderr"] as const)
    child[name]?.setEncoding("utf8").on("data", (text: string) => {
      if (warm.command) warm.command.output[name] += text;
      endCommand(file, warm);
    });
  child.on("message", (status: number) => {
    if (warm.command) warm.command.status = status;
    endCommand(file, warm);
  });
  child.on("error", () => {});
  child.on("exit", () => void (idle.get(file) === warm && idle.delete(file)));
  child.on("close", (status) => warm.command?.end(status));
  // It ends with this worker, and does not keep it.
  for (const handle of [child, child.channel, child.stdout, child.stderr] as { unref(): void }[]) handle.unref();
  return warm;
}

/** Ends the command when its status and all that it printed are here. */
function endCommand(file: string, warm: Warm): void {
  const { child, command } = warm;
  if (command?.status === undefined) return;
  const { mark, output, status } = command;
  if (!output.stdout.endsWith(mark) || !output.stderr.endsWith(mark)) return;
  output.stdout = output.stdout.slice(0, -mark.length);
  output.stderr = output.stderr.slice(0, -mark.length);
  command.end(status);
  if (idle.has(file)) child.kill();
  else idle.set(file, warm);
}
