/** A whole runtime in a fresh folder, for tests: real database, real tools, the scripted provider or an in-process model. */
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRuntime } from "@/agents/boot/runtime";
import type { Runtime, RuntimeOptions, SupervisedWorker } from "@/agents/boot/runtime-parts";
import { ownerCalled } from "@/core/rules/roles";
import type { Tree } from "@/core/shapes/shapes";
import type { Submission } from "@/core/shapes/submission";
import type { WorkerRole } from "@/db/log/workers";
import { readSettings } from "@/lib/env";
import { testedSandbox } from "@/lib/sandbox/testing/tested";
import { applySeeds } from "@/seeds/apply";
import { seenInCommits } from "./commits";
import { PATIENT } from "./patient";
import { type ScriptedProvider, startScriptedProvider } from "./scripted-provider";
import { seededDatabase } from "./seeded-database";
import type { ProviderScript } from "./services/script";

export interface Trial {
  runtime: Runtime;
  worker: SupervisedWorker | null;
  provider: ScriptedProvider | null;
  dataDir: string;
  submit(submission: Submission): Promise<Tree>;
  /** Waits until the tree has ended and returns it; rejects after `timeoutMs` with what it was doing. */
  ended(treeId: string, timeoutMs?: number): Promise<Tree>;
  /** Faults that the runtime reported; a test that expects none asserts that this is empty. */
  faults: string[];
  close(): Promise<void>;
}

export interface TrialOptions {
  script?: ProviderScript;
  /** A provider that another trial started, and closes. */
  provider?: ScriptedProvider;
  env?: Record<string, string>;
  runtime?: Partial<RuntimeOptions>;
  /** Continue in the folder of an earlier trial. */
  dataDir?: string;
  /** false: only submit and read. */
  work?: boolean;
  /** Default `all`; a database allows one such worker. */
  role?: WorkerRole;
}

export async function startTrial(options: TrialOptions = {}): Promise<Trial> {
  const provider = options.provider ?? (options.script ? await startScriptedProvider(options.script) : null);
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), "banyan-trial-"));
  if (!options.dataDir) copyFileSync(await seededDatabase(), join(dataDir, "banyan.db"));
  const keys = provider && {
    ANTHROPIC_API_KEY: "test-key",
    ANTHROPIC_BASE_URL: provider.url,
    OPENAI_API_KEY: "test-key",
    OPENAI_BASE_URL: `${provider.url}/v1`,
    GOOGLE_GENERATIVE_AI_API_KEY: "test-key",
    GOOGLE_GEMINI_BASE_URL: provider.url,
  };
  const settings = readSettings({ BANYAN_DATA_DIR: dataDir, ...PATIENT, ...keys, ...options.env }, process.cwd());
  const faults: string[] = [];
  const report = (message: string, error?: unknown) =>
    void faults.push(`${message} ${error instanceof Error ? error.stack : ""}`);
  const runtime = await createRuntime({
    settings,
    program: process.cwd(),
    checkout: process.cwd(),
    version: "test",
    sandboxTested: testedSandbox,
    report,
    ...options.runtime,
  });
  if (options.dataDir) await applySeeds(runtime.store.configuration, "seeds");
  const worker = options.work === false ? null : await runtime.startWorker({ role: options.role ?? "all", pollMs: 20 });
  const { commands, queries } = runtime.application;

  return {
    runtime,
    worker,
    provider,
    dataDir,
    faults,
    submit: (submission) => commands.submitTree(submission, ownerCalled("tester")),
    ended(treeId, timeoutMs = 240_000) {
      const deadline = Date.now() + timeoutMs;
      return seenInCommits(runtime.store.log, async () => {
        // The tasks are read once at the end: for a large tree, reading them costs more than the awaited work.
        const { ended_at } = await queries.getTree(treeId, { tasks: "none" });
        if (ended_at) return queries.getTree(treeId);
        if (Date.now() <= deadline) return null;
        const { tasks } = await queries.getTree(treeId);
        const open = tasks.filter((task) => !task.ended_at).map((task) => `${task.title}: ${task.status}`);
        throw new Error(`The tree did not end: ${open.join(", ")}. ${faults.join("\n")}`);
      });
    },
    async close() {
      await worker?.stop(2_000);
      await runtime.close();
      if (!options.provider) await provider?.close();
      if (!options.dataDir) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
