/** The real command line and server as processes, bundled once a test file, each with its own data folder. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { bundle } from "../build.mjs";

export const ROOT = path.resolve(import.meta.dirname, "../..");
const RUN = `const [file, ...argv] = process.argv.slice(1);
const status = await (await import(file)).main(argv);
if (typeof status === "number") process.exitCode = status;`;

let programs = "";

/** Call once at the top of a test file. */
export function buildPrograms(): void {
  beforeAll(async () => {
    programs = path.join(ROOT, "dist", `test-${process.pid}`);
    await bundle(ROOT, ["scripts/banyan.ts", "scripts/server.ts"], programs);
  });
  afterAll(() => rmSync(programs, { recursive: true, force: true }));
}

export interface Finished {
  status: number | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  child: ChildProcess;
  /** What was printed so far. */
  output: Finished;
  done: Promise<Finished>;
  /** Waits until standard output or standard error holds the text. */
  says(text: string): Promise<void>;
}

export interface SpawnOptions {
  env?: Record<string, string>;
  cwd?: string;
  stdin?: string | Buffer;
}

function start(file: string, args: string[], options: SpawnOptions): Running {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: "production" as const, ...options.env };
  const argv = ["--input-type=module", "-e", RUN, "--", path.join(programs, file), ...args];
  const child = spawn(process.execPath, argv, { cwd: options.cwd ?? ROOT, env, stdio: ["pipe", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const output: Finished = { status: null, stdout: "", stderr: "" };
  const waiting = new Set<() => void>();
  const collect = (name: "stdout" | "stderr") => (chunk: Buffer) => {
    output[name] += chunk.toString();
    for (const check of waiting) check();
  };
  child.stdout.on("data", collect("stdout"));
  child.stderr.on("data", collect("stderr"));
  child.stdin.on("error", () => {});
  child.stdin.end(options.stdin ?? "");
  const done = new Promise<Finished>((resolve) => {
    child.on("close", (status) => {
      output.status = status;
      for (const check of waiting) check();
      resolve(output);
    });
  });
  const says = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const check = () => {
        const isThere = output.stdout.includes(text) || output.stderr.includes(text);
        if (!isThere && output.status === null && child.exitCode === null) return;
        waiting.delete(check);
        if (isThere) resolve();
        else reject(new Error(`It ended without "${text}":\n${output.stdout}${output.stderr}`));
      };
      waiting.add(check);
      check();
    });
  return { child, output, done, says };
}

export function startBanyan(args: string[], options: SpawnOptions = {}): Running {
  return start("banyan.mjs", args, options);
}

export function banyan(args: string[], options: SpawnOptions = {}): Promise<Finished> {
  return startBanyan(args, options).done;
}

/** A process that takes tasks, ready when it resolves. */
export async function startWorkerProcess(dataDir: string, env: Record<string, string> = {}): Promise<Running> {
  const running = start("server.mjs", ["--role", "worker", "--data", dataDir], { env });
  await running.says("works on");
  return running;
}

/** Gone after the test. */
export function dataFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "banyan-command-line-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
