/** Puts the runtime together: the database, the models, the tools, the configuration; what server, command line and tests start from. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { openStore, type Store } from "@/db/store";
import type { Settings } from "@/lib/env";
import { costMicroUsd, limitsOf } from "@/lib/models/prices";
import { createModelPort, parseModel } from "@/lib/models/provider";
import { runbookModel } from "@/lib/models/runbook/model";
import { parseRunbook } from "@/lib/models/runbook/parse";
import { matchRunbook, runbookNamed } from "@/lib/models/runbook/select";
import { ownIdentity } from "@/lib/process/identity";
import { createSandbox } from "@/lib/sandbox/sandbox";
import { realTimers } from "@/lib/timers";
import { rulesOf } from "@/lib/workspace/prepare";
import type { Application } from "./application";
import { createCommands } from "./commands";
import { type Configuration, createConfiguration, type RunbookFinder } from "./configuration";
import type { ModelPort } from "./core/model";
import { createLive, type Live } from "./live";
import { createQueries } from "./queries";
import { createCatalogue } from "./tools/catalogue";
import { connectTools } from "./tools/server";
import type { WorldTool } from "./tools/tool";
import { WORLD_TOOLS } from "./tools/world-tools";
import { startWorker, type Worker, type WorkerOptions } from "./worker";
import type { World } from "./world";

export interface RuntimeOptions {
  settings: Settings;
  /** Folder of the running system's own files: migrations and the checkout that agents may not change. */
  checkout: string;
  version: string;
  /** false: for commands that only look; the database must be there and of this version. */
  migrate?: boolean;
  /** Instead of the configured providers. */
  models?: ModelPort;
  worldTools?: readonly WorldTool[];
  now?: () => number;
  report(message: string, error?: unknown): void;
}

export interface Runtime {
  store: Store;
  configuration: Configuration;
  application: Application;
  live: Live;
  world: Omit<World, "draining" | "moreUrgent">;
  startWorker(options: Pick<WorkerOptions, "role"> & Partial<WorkerOptions>): Promise<Worker>;
  close(): Promise<void>;
}

/** Throws StoreError. */
export async function createRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { settings, checkout, version } = options;
  const now = options.now ?? Date.now;
  const store = openStore(settings.databaseFile, {
    migrations: join(checkout, "drizzle"),
    synchronous: settings.synchronous,
    maxConcurrent: () => settings.maxConcurrentAgents,
    now,
    ...(options.migrate === false && { migrate: false }),
  });
  const configuration = createConfiguration(store.configuration, {
    defaultTimeoutMs: settings.defaultTimeoutMs,
    findRunbook,
  });
  const catalogue = createCatalogue(options.worldTools ?? WORLD_TOOLS);
  const sandbox = createSandbox();
  const live = createLive(store);
  const models = options.models ?? createModelPort(settings.providers, { runbook: runbookModel });
  const tools = await connectTools(catalogue.world, version);
  const world: Omit<World, "draining" | "moreUrgent"> = {
    now,
    random: Math.random,
    timers: realTimers,
    log: store.log,
    loader: store.loader,
    configuration,
    models,
    costOf: costMicroUsd,
    limitsOf,
    catalogue,
    tools,
    sandbox,
    limits: {
      maxDepth: settings.maxDepth,
      maxWidth: settings.maxWidth,
      maxTasksPerTree: settings.maxTasksPerTree,
      defaultTimeoutMs: settings.defaultTimeoutMs,
    },
    rulesOf({ workspace, inPlace, createdAtMs }) {
      if (!inPlace) return { hiddenPaths: [], readOnlyBeforeMs: null };
      const { hiddenPaths, holdsBanyanCheckout } = rulesOf(workspace, settings.dataDir, checkout);
      return { hiddenPaths, readOnlyBeforeMs: holdsBanyanCheckout ? createdAtMs : null };
    },
    cacheDirOf(treeUid) {
      const folder = join(settings.dataDir, "cache", treeUid);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      return folder;
    },
    onDraft: live.draft,
  };
  const queries = createQueries({
    store,
    configuration,
    catalogue,
    sandbox,
    now,
    slots: settings.maxConcurrentAgents,
    defaultModel: settings.defaultModel,
    models: modelStates(settings),
    version,
  });
  const commands = createCommands({
    store,
    configuration,
    findRunbook,
    queries,
    dataDir: settings.dataDir,
    checkout,
    defaultModel: settings.defaultModel,
    priceOf: (model) =>
      costMicroUsd(model, { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0 }),
    maxDbBytes: settings.maxDbBytes,
  });
  return {
    store,
    configuration,
    application: { queries, commands, live },
    live,
    world,
    async startWorker(given) {
      return startWorker(world, store, {
        identity: ownIdentity(),
        slots: settings.maxConcurrentAgents,
        report: options.report,
        ...given,
      });
    },
    async close() {
      live.close();
      await tools.close();
      sandbox.close();
      await store.close();
    },
  };
}

/** The runbook that an instruction names, or whose front matter fits it. */
const findRunbook: RunbookFinder = (instruction, runbooks) => {
  const named = runbookNamed(instruction);
  if (named) return runbooks.some((one) => one.name === named.name) ? named.name : null;
  const parsed = runbooks.flatMap(({ text }) => {
    const result = parseRunbook(text);
    return result.runbook ? [result.runbook] : [];
  });
  return matchRunbook(instruction, parsed)?.name ?? null;
};

/** Which providers can be used as configured. Nothing is sent: whether a key is accepted shows at the first call. */
function modelStates({
  providers,
  defaultModel,
}: Settings): { name: string; available: boolean; reason: string | null }[] {
  const state = (name: string, missing: string | null) => ({ name, available: missing === null, reason: missing });
  const known = parseModel(defaultModel);
  return [
    state("anthropic", providers.anthropicApiKey ? null : "ANTHROPIC_API_KEY is not set."),
    state("openai", providers.openaiApiKey || providers.openaiBaseUrl ? null : "OPENAI_API_KEY is not set."),
    state("ollama", providers.ollamaBaseUrl || known?.provider === "ollama" ? null : "OLLAMA_BASE_URL is not set."),
    state("runbook", null),
  ];
}
