/** A runtime in a fresh folder of the checkout's disk, with the instant model. */

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ownerCalled } from "@/agents/core/roles";
import { createRuntime, type Runtime } from "@/agents/runtime";
import {
  addInstantAgent,
  INSTANT_AGENT,
  INSTANT_MODEL,
  type InstantOptions,
  instantModel,
  type Plan,
  probeTool,
} from "@/agents/testing/instant";
import { readSettings } from "@/lib/env";
import { applySeeds } from "@/seeds/apply";

export type Synchronous = "FULL" | "NORMAL";

export interface BenchTrial {
  runtime: Runtime;
  dataDir: string;
  /** Starts the worker; tasks are taken from then on. */
  work(): Promise<void>;
  /** Stops the worker; what was submitted stays. */
  rest(): Promise<void>;
  /** One look of the supervisor at everything. */
  supervise(): Promise<void>;
  submit(plan: Plan): Promise<string>;
  /** Waits, woken by commits, until every tree has ended. */
  ended(treeIds: string[]): Promise<void>;
  /** Bytes of the database without its write-ahead log. */
  databaseBytes(): number;
  /** Waits until a tree has so many tasks. */
  grown(treeId: string, tasks: number): Promise<void>;
  /** Closes it, and its folder stays. */
  leave(): Promise<void>;
  close(): Promise<void>;
}

export interface BenchOptions {
  synchronous?: Synchronous;
  model?: InstantOptions;
  /** Tasks at once. */
  slots?: number;
  finishing?: boolean;
  /** More of the environment that settings are read from. */
  env?: Record<string, string>;
  /** Go on in the folder of an earlier trial. */
  dataDir?: string;
  /** False: the folder is new, although it is named. */
  seeded?: boolean;
}

/** On the disk that the checkout is on: a temporary folder may be in memory, where a commit costs nothing. */
export function benchFolder(): string {
  const folder = join(process.cwd(), "dist", "bench");
  mkdirSync(folder, { recursive: true });
  return folder;
}

export async function startBenchTrial(options: BenchOptions = {}): Promise<BenchTrial> {
  const dataDir = options.dataDir ?? mkdtempSync(join(benchFolder(), "data-"));
  const env = {
    ...options.env,
    BANYAN_DATA_DIR: dataDir,
    BANYAN_SYNCHRONOUS: options.synchronous ?? "FULL",
    MAX_CONCURRENT_AGENTS: String(options.slots ?? 8),
    BANYAN_MAX_TASKS_PER_TREE: "1000000",
    BANYAN_MAX_WIDTH: "100000",
  };
  const runtime = await createRuntime({
    settings: readSettings(env, process.cwd()),
    checkout: process.cwd(),
    version: "bench",
    models: instantModel(options.model),
    worldTools: [probeTool()],
    report: (message, error) => console.error(message, error),
  });
  if (!options.dataDir || options.seeded === false) {
    await applySeeds(runtime.store.configuration, join(process.cwd(), "seeds"));
    await addInstantAgent(
      runtime,
      options.finishing ? { evaluate: "always", summarize: "always", document: "always" } : undefined,
    );
  }
  const { commands } = runtime.application;
  const { sqlite } = runtime.store.client;
  const isOpen = sqlite.prepare("SELECT 1 FROM trees WHERE uid = ? AND ended_at_ms IS NULL").pluck();
  let stop = async () => {};
  let supervise = async () => {};
  return {
    runtime,
    dataDir,
    async work() {
      const worker = await runtime.startWorker({ role: "worker" });
      stop = () => worker.stop(0);
      supervise = async () => void (await worker.supervisor.check());
    },
    async rest() {
      await stop();
      stop = async () => {};
    },
    supervise: () => supervise(),
    async submit(plan) {
      const tree = await commands.submitTree(
        { task: JSON.stringify(plan), agent: INSTANT_AGENT, model: INSTANT_MODEL },
        ownerCalled("bench"),
      );
      return tree.id;
    },
    ended(treeIds) {
      const open = new Set(treeIds);
      const look = (uids: Iterable<string>) => {
        for (const uid of uids) if (open.has(uid) && isOpen.get(uid) === undefined) open.delete(uid);
      };
      return new Promise((resolve) => {
        const unsubscribe = runtime.store.log.onCommit((commits) => {
          look(commits.map((commit) => commit.treeUid));
          if (open.size > 0) return;
          unsubscribe();
          resolve();
        });
        look(treeIds);
        if (open.size > 0) return;
        unsubscribe();
        resolve();
      });
    },
    grown(treeId, tasks) {
      const count = sqlite
        .prepare("SELECT count(*) FROM tasks WHERE tree_id = (SELECT id FROM trees WHERE uid = ?)")
        .pluck();
      return new Promise((resolve) => {
        const unsubscribe = runtime.store.log.onCommit(() => {
          if (Number(count.get(treeId)) < tasks) return;
          unsubscribe();
          resolve();
        });
      });
    },
    databaseBytes: () => (sqlite.pragma("page_count", { simple: true }) as number) * 4_096,
    async leave() {
      await stop();
      await runtime.close();
    },
    async close() {
      await stop();
      await runtime.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
