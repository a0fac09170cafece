/** Starts a runtime in a fresh folder on the checkout's disk, with a model that answers instantly. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createRuntime } from "@/agents/boot/runtime";
import type { Runtime } from "@/agents/boot/runtime-parts";
import type { WorldTool } from "@/agents/tools/contract/tool";
import type { ModelPort } from "@/core/log/model";
import { ownerCalled } from "@/core/rules/roles";
import type { Sqlite } from "@/db/file/client";
import { readSettings } from "@/lib/env";
import { applySeeds } from "@/seeds/apply";
import {
  addInstantAgent,
  INSTANT_AGENT,
  INSTANT_MODEL,
  type InstantOptions,
  instantModel,
  type Plan,
  probeTool,
} from "@/tests/agents/instant";

export type Synchronous = "FULL" | "NORMAL";

export interface BenchTrial {
  runtime: Runtime;
  dataDir: string;
  /** Starts the worker, which then takes tasks. */
  work(): Promise<void>;
  /** Stops the worker; submitted trees stay. */
  rest(): Promise<void>;
  /** Runs one check of the supervisor over all tasks. */
  supervise(): Promise<void>;
  /** Learns from goals that have ended. */
  learn(): Promise<void>;
  /** Runs one look of the watch that keeps environments. */
  keepEnvironments(): Promise<void>;
  submit(plan: Plan): Promise<string>;
  /** Waits until every tree has ended; checks after each commit. */
  ended(treeIds: string[]): Promise<void>;
  /** Returns the bytes of the database without its write-ahead log. */
  databaseBytes(): number;
  /** Waits until a tree has `tasks` tasks. */
  grown(treeId: string, tasks: number): Promise<void>;
  /** Closes the trial but keeps its folder. */
  leave(): Promise<void>;
  close(): Promise<void>;
}

export interface BenchOptions {
  synchronous?: Synchronous;
  model?: InstantOptions;
  /** Replaces the instant model. */
  models?: ModelPort;
  /** Replaces the bench's tool; `real`: all tools as the server has them. */
  tools?: "real" | readonly WorldTool[];
  /** Concurrent tasks. */
  slots?: number;
  finishing?: boolean;
  /** Additional environment variables for the settings. */
  env?: Record<string, string>;
  /** The folder of an earlier trial to continue in. */
  dataDir?: string;
  /** False when `dataDir` is a new folder that needs seeds. */
  seeded?: boolean;
}

/** Returns a folder on the checkout's disk: a temporary folder may be in memory, where a commit costs nothing. */
export function benchFolder(): string {
  const folder = join(process.cwd(), "dist", "bench");
  mkdirSync(folder, { recursive: true });
  return folder;
}

interface TrialContext {
  runtime: Runtime;
  dataDir: string;
  run: ReturnType<typeof trialStatements>;
  /** Functions of the running worker; without a worker they do nothing. */
  stop: () => Promise<void>;
  supervise: () => Promise<void>;
  learn: () => Promise<void>;
  keepEnvironments: () => Promise<void>;
}

export async function startBenchTrial(options: BenchOptions = {}): Promise<BenchTrial> {
  const dataDir = options.dataDir ?? mkdtempSync(join(benchFolder(), "data-"));
  const runtime = await startRuntime(dataDir, options);
  if (!options.dataDir || options.seeded === false) await fill(runtime, options.finishing === true);
  const { sqlite } = runtime.store.client;
  const trial: TrialContext = {
    runtime,
    dataDir,
    run: trialStatements(sqlite),
    stop: async () => {},
    supervise: async () => {},
    learn: async () => {},
    keepEnvironments: async () => {},
  };
  return {
    runtime,
    dataDir,
    work: () => work(trial),
    rest: () => rest(trial),
    supervise: () => trial.supervise(),
    learn: () => trial.learn(),
    keepEnvironments: () => trial.keepEnvironments(),
    submit: (plan) => submit(trial, plan),
    ended: (treeIds) => ended(trial, treeIds),
    grown: (treeId, tasks) => grown(trial, treeId, tasks),
    databaseBytes: () => (sqlite.pragma("page_count", { simple: true }) as number) * 4_096,
    leave: () => leave(trial),
    async close() {
      await leave(trial);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function trialStatements(sqlite: Sqlite) {
  return {
    isOpen: sqlite.prepare("SELECT 1 FROM trees WHERE uid = ? AND ended_at_ms IS NULL").pluck(),
    countTasks: sqlite
      .prepare("SELECT count(*) FROM tasks WHERE tree_id = (SELECT id FROM trees WHERE uid = ?)")
      .pluck(),
  };
}

function startRuntime(dataDir: string, options: BenchOptions): Promise<Runtime> {
  const env = {
    ...options.env,
    BANYAN_DATA_DIR: dataDir,
    BANYAN_SYNCHRONOUS: options.synchronous ?? "FULL",
    MAX_CONCURRENT_AGENTS: String(options.slots ?? 8),
    BANYAN_MAX_TASKS_PER_TREE: "1000000",
    BANYAN_MAX_WIDTH: "100000",
  };
  return createRuntime({
    settings: readSettings(env, process.cwd()),
    program: process.cwd(),
    checkout: process.cwd(),
    version: "bench",
    models: options.models ?? instantModel(options.model),
    ...(options.tools !== "real" && { worldTools: options.tools ?? [probeTool()] }),
    report: (message, error) => console.error(message, error),
  });
}

/** Adds the seeds and the agent of the bench's trees to a new folder. */
async function fill(runtime: Runtime, finishing: boolean): Promise<void> {
  await applySeeds(runtime.store.configuration, join(process.cwd(), "seeds"));
  await addInstantAgent(
    runtime,
    finishing ? { evaluate: "always", summarize: "always", document: "always" } : undefined,
  );
}

async function work(trial: TrialContext): Promise<void> {
  const worker = await trial.runtime.startWorker({ role: "worker" });
  trial.stop = () => worker.stop(0);
  trial.supervise = async () => void (await worker.supervisor.check());
  trial.learn = () => worker.lessons.check();
  trial.keepEnvironments = () => worker.environments.check();
}

async function rest(trial: TrialContext): Promise<void> {
  await trial.stop();
  trial.stop = async () => {};
}

async function submit({ runtime }: TrialContext, plan: Plan): Promise<string> {
  const task = { task: JSON.stringify(plan), agent: INSTANT_AGENT, model: INSTANT_MODEL };
  const tree = await runtime.application.commands.submitTree(task, ownerCalled("bench"));
  return tree.id;
}

function ended({ runtime, run }: TrialContext, treeIds: string[]): Promise<void> {
  const open = new Set(treeIds);
  const poll = (uids: Iterable<string>) => {
    for (const uid of uids) if (open.has(uid) && run.isOpen.get(uid) === undefined) open.delete(uid);
  };
  return new Promise((resolve) => {
    const unsubscribe = runtime.store.log.onCommit((commits) => {
      poll(commits.map((commit) => commit.treeUid));
      if (open.size > 0) return;
      unsubscribe();
      resolve();
    });
    poll(treeIds);
    if (open.size > 0) return;
    unsubscribe();
    resolve();
  });
}

function grown({ runtime, run }: TrialContext, treeId: string, tasks: number): Promise<void> {
  return new Promise((resolve) => {
    const unsubscribe = runtime.store.log.onCommit(() => {
      if (Number(run.countTasks.get(treeId)) < tasks) return;
      unsubscribe();
      resolve();
    });
  });
}

async function leave({ runtime, stop }: TrialContext): Promise<void> {
  await stop();
  await runtime.close();
}
