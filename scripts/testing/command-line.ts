/** Runs the real command line and server as processes, built once after an edit, each with its own data folder. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import type { Tree } from "@/core/shapes/shapes";
import { PATIENT } from "@/tests/agents/patient";
import type { ProviderScript } from "@/tests/agents/provider-script";
import { endTask, passed } from "@/tests/agents/replies";
import { startScriptedProvider } from "@/tests/agents/scripted-provider";
import { ensureBuilt } from "../build.mjs";
import { folderUnderTest, nodeUnderTest, otherUnderTest } from "./under-test";
import { type Finished, runWarm } from "./warm-process";

/** The checkout of the tests. */
export const ROOT = path.resolve(import.meta.dirname, "../..");
const RUN = `const [file, ...argv] = process.argv.slice(1);
const status = await (await import(file)).main(argv);
if (typeof status === "number") process.exitCode = status;`;

let programs = "";
/** A folder for keys and anchors, so that tests do not use the user's own. */
let config = "";

/** Call once at the top of a test file. */
export function buildPrograms(): void {
  beforeAll(async () => {
    const other = otherUnderTest();
    if (other === null) await ensureBuilt("programs");
    programs = path.join(other ?? ROOT, "dist");
    config = mkdtempSync(path.join(tmpdir(), "banyan-config-"));
  });
  afterAll(() => rmSync(config, { recursive: true, force: true }));
}

export interface Running {
  child: ChildProcessWithoutNullStreams;
  /** The output so far. */
  output: Finished;
  done: Promise<Finished>;
  /** Waits until standard output or standard error contains the text. */
  says(text: string): Promise<void>;
}

export interface SpawnOptions {
  env?: Record<string, string>;
  cwd?: string;
  stdin?: string | Buffer;
}

function start(file: string, args: string[], options: SpawnOptions): Running {
  const program = nodeUnderTest(argumentsOf(file, args));
  const child = spawn(program.file, program.args, {
    cwd: options.cwd ?? folderUnderTest(),
    env: environment(options),
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.on("error", () => {});
  child.stdin.end(options.stdin ?? "");
  return watch(child);
}

/** Starts a command in a terminal of that size; `child.stdin` types into it. */
export function startInTerminal(
  args: string[],
  size: { columns: number; rows: number },
  options: SpawnOptions = {},
): Running {
  const program = nodeUnderTest(argumentsOf("banyan.mjs", args));
  const quoted = [program.file, ...program.args].map((arg) => `'${arg.replaceAll("'", "'\\''")}'`);
  const command = `stty cols ${size.columns} rows ${size.rows}; exec ${quoted.join(" ")}`;
  return watch(
    spawn("script", ["-qec", command, "/dev/null"], {
      cwd: options.cwd ?? folderUnderTest(),
      env: { ...environment(options), TERM: "xterm-256color", SHELL: "/bin/sh" },
      stdio: ["pipe", "pipe", "pipe"],
    }),
  );
}

function argumentsOf(file: string, args: string[]): string[] {
  return ["--input-type=module", "-e", RUN, "--", path.join(programs, file), ...args];
}

function environment(options: SpawnOptions) {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, XDG_CONFIG_HOME: config, NODE_ENV: "production" as const, ...PATIENT, ...options.env };
}

function watch(child: ChildProcessWithoutNullStreams): Running {
  onTestFinished(() => void child.kill("SIGKILL"));
  const output: Finished = { status: null, stdout: "", stderr: "" };
  const waiting = new Set<() => void>();
  const collect = (name: "stdout" | "stderr") => (chunk: Buffer) => {
    output[name] += chunk.toString();
    for (const check of waiting) check();
  };
  child.stdout.on("data", collect("stdout"));
  child.stderr.on("data", collect("stderr"));
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
        if (!isThere && output.status === null) return;
        waiting.delete(check);
        if (isThere) resolve();
        else reject(new Error(`It ended without "${text}":\n${output.stdout}${output.stderr}`));
      };
      waiting.add(check);
      check();
    });
  return { child, output, done, says };
}

/** Returns the program and arguments that start a command, for clients that start programs themselves. */
export function commandOf(args: string[], options: SpawnOptions = {}) {
  const env = Object.fromEntries(Object.entries(environment(options)).filter(([, value]) => value !== undefined));
  return { ...nodeUnderTest(argumentsOf("banyan.mjs", args)), env: env as Record<string, string> };
}

export function startBanyan(args: string[], options: SpawnOptions = {}): Running {
  return start("banyan.mjs", args, options);
}

/** Runs a command as `startBanyan` does, but without the start where nothing else runs: that costs more than most commands. */
export function banyan(args: string[], options: SpawnOptions = {}): Promise<Finished> {
  const { env } = commandOf([], options);
  if (otherUnderTest() !== null || "NODE_V8_COVERAGE" in env) return startBanyan(args, options).done;
  const stdin = Buffer.from(options.stdin ?? "");
  return runWarm(path.join(programs, "banyan.mjs"), { args, env, cwd: options.cwd ?? folderUnderTest(), stdin });
}

/** Starts the server with its own arguments. */
export function startServerProcess(args: string[], options: SpawnOptions = {}): Running {
  return start("server.mjs", args, options);
}

/** Starts a worker process. Resolves when it takes tasks. */
export async function startWorkerProcess(dataDir: string, env: Record<string, string> = {}): Promise<Running> {
  const running = startServerProcess(["--role", "worker", "--data", dataDir], { env });
  await running.says("works on");
  return running;
}

/** Makes a data folder with one tree and no worker. */
export async function withTree(): Promise<{ data: string; tree: Tree }> {
  const data = dataFolder();
  const made = await banyan(["run", "--runbook", "repository-survey", "Survey", "--detach", "--json", "--data", data]);
  return { data, tree: JSON.parse(made.stdout) };
}

/** Runs a command that must succeed without messages. Resolves with its JSON document. */
export async function json(args: string[]): Promise<unknown> {
  const { status, stdout, stderr } = await banyan([...args, "--json"]);
  if (status !== 0 || stderr) throw new Error(`banyan ${args.join(" ")}: ${status} ${stderr}`);
  return JSON.parse(stdout);
}

/** Resolves with the files of all modules that a command loads, one per line; source maps name the modules in its bundles. */
export async function modulesOf(args: string[]): Promise<string> {
  const folder = dataFolder();
  const { status, stderr } = await banyan(args, { env: { NODE_V8_COVERAGE: folder } });
  if (status !== 0) throw new Error(stderr);
  const reports = readdirSync(folder).map((name) => JSON.parse(readFileSync(path.join(folder, name), "utf8")));
  const urls: string[] = reports.flatMap(({ result }) => result.map(({ url }: { url: string }) => url));
  return urls.flatMap((url) => [url, ...sourcesOf(url)]).join("\n");
}

function sourcesOf(url: string): string[] {
  const map = url.startsWith("file:") ? `${fileURLToPath(url)}.map` : "";
  return map.startsWith(programs) && existsSync(map) ? JSON.parse(readFileSync(map, "utf8")).sources : [];
}

/** Starts a provider that answers from the script. Resolves with the settings that point to it. */
export async function scripted(script: ProviderScript): Promise<Record<string, string>> {
  const provider = await startScriptedProvider(script);
  onTestFinished(() => provider.close());
  return { ANTHROPIC_API_KEY: "test-key", ANTHROPIC_BASE_URL: provider.url };
}

/** Replies of the finishing agents, which judge and document another agent's task. */
export const judged = { task_evaluator: [passed()], "*": [endTask("noted")] };

/** Resolves with the newest tree. */
export async function onlyTree(data: string): Promise<Tree> {
  return ((await json(["trees", "--data", data])) as { items: Tree[] }).items[0] as Tree;
}

/** Makes a folder that is deleted after the test. */
export function dataFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "banyan-command-line-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
