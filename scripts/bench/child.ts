/** A workload, or a part of one, in a process of its own: memory and warm-up of one do not mix with the next. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import type { Row } from "./row";

/** The bundle that runs now, as scripts/run-ts.mjs made it. */
function program(): string {
  const file = join(process.cwd(), "dist", "run", "bench.mjs");
  if (!existsSync(file)) throw new Error("Run the bench with `npm run bench`, from the project's folder.");
  return pathToFileURL(file).href;
}

/** `args` are those of `main`; standard output is a pipe. */
export function spawnBench(args: string[]): ChildProcess {
  const source = `process.exitCode = await (await import(${JSON.stringify(program())})).main(${JSON.stringify(args)});`;
  return spawn(process.execPath, [...process.execArgv, "--input-type=module", "-e", source], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** The lines of a child's output, as they come; ends with it. */
export function linesOf(child: ChildProcess): AsyncIterator<string, undefined> {
  if (!child.stdout) throw new Error("The child has no pipe to be read.");
  return createInterface({ input: child.stdout })[Symbol.asyncIterator]() as AsyncIterator<string, undefined>;
}

/** For a child that would run on for ever: it ends when the bench is ended before it. */
export function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1);
  }, 1_000).unref();
}

export async function runInChild(workload: string): Promise<Row[]> {
  const child = spawnBench(["--workload", workload]);
  let output = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    output += chunk;
  });
  const status = await new Promise((resolve) => child.on("close", resolve));
  if (status !== 0) throw new Error(`The workload ${workload} failed with status ${status}.`);
  return JSON.parse(output.trim().split("\n").at(-1) ?? "[]") as Row[];
}
