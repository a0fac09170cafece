/** Runs a workload, or a part of one, in its own process, so that memory and warm-up of workloads do not mix. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import type { Row } from "./rows/row";

/** Returns the file of the running bundle, which scripts/run-ts.mjs has built. */
function program(): string {
  const file = join(process.cwd(), "dist", "run", "bench.mjs");
  if (!existsSync(file)) throw new Error("Run the bench with `npm run bench`, from the project's folder.");
  return pathToFileURL(file).href;
}

/** Starts a child with the arguments of `main`; its standard output is a pipe. */
export function spawnBench(args: string[]): ChildProcess {
  const source = `process.exitCode = await (await import(${JSON.stringify(program())})).main(${JSON.stringify(args)});`;
  return spawn(process.execPath, [...process.execArgv, "--input-type=module", "-e", source], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** Yields the lines of a child's output as they come, until it ends. */
export function linesOf(child: ChildProcess): AsyncIterator<string, undefined> {
  if (!child.stdout) throw new Error("The child has no pipe to be read.");
  return createInterface({ input: child.stdout })[Symbol.asyncIterator]() as AsyncIterator<string, undefined>;
}

/** Ends an endless child when the bench itself is interrupted. */
export function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1);
  }, 1_000).unref();
}

export async function runInChild(workload: string, quick: boolean): Promise<Row[]> {
  const child = spawnBench(["--workload", workload, ...(quick ? ["--quick"] : [])]);
  let output = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    output += chunk;
  });
  const status = await new Promise((resolve) => child.on("close", resolve));
  if (status !== 0) throw new Error(`The workload ${workload} failed with status ${status}.`);
  return JSON.parse(output.trim().split("\n").at(-1) ?? "[]") as Row[];
}
