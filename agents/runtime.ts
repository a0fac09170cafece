/** Puts the runtime together: the database, the models, the tools, the configuration; what server, command line and tests start from. */
import { join } from "node:path";
import type { Store } from "@/db/store";
import type { Settings } from "@/lib/env";
import { costMicroUsd, limitsOf, priceOf } from "@/lib/models/prices";
import { createModelPort } from "@/lib/models/provider";
import { runbookModel } from "@/lib/models/runbook/model";
import { createMonitor } from "@/lib/monitor/monitor";
import { ownIdentity } from "@/lib/process/identity";
import { createSandbox } from "@/lib/sandbox/sandbox";
import { createTerminals } from "@/lib/terminals/terminals";
import { realTimers, type Timers } from "@/lib/timers";
import { createTurnstile } from "@/lib/turnstile";
import { rulesOf } from "@/lib/workspace/prepare";
import { openActing } from "./acting";
import type { Application } from "./application";
import type { Configuration } from "./configuration";
import type { ModelPort } from "./core/model";
import { createGateway } from "./gateway";
import { startMeasuring } from "./history";
import type { Live } from "./live";
import { watchedMachine } from "./machine";
import { outsideTools } from "./outside-tools";
import { createProviderParks } from "./provider-parks";
import { createProviderSigns } from "./provider-signs";
import { serverOptions } from "./server-options";
import { createServers } from "./servers";
import { type Supervisor, startSupervisor } from "./supervisor";
import { sweepLeftovers } from "./sweep";
import { createCatalogue } from "./tools/catalogue";
import { connectTools } from "./tools/server";
import type { WorldTool } from "./tools/tool";
import { worldTools } from "./tools/world-tools";
import { createTreeSql } from "./tree-sql";
import { startWorker, type Worker, type WorkerOptions } from "./worker";
import type { WorkerWorld } from "./world";

/** Replies that are worked on before others than agents have their turn: as many as one transaction takes. */
const REPLIES_AT_ONCE = 32;

const SILENT_MS = 120_000;

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
  timers?: Timers;
  /** How long a call may be silent; tests use less than two minutes. */
  silentMs?: number;
  /** How often a command's processes are looked at for signs of life. */
  activitySampleMs?: number;
  report(message: string, error?: unknown): void;
  /** Ends the server at the next boundary of its work; absent: this process is none. */
  shutDown?(): void;
}

export interface SupervisedWorker extends Worker {
  supervisor: Supervisor;
}

export interface Runtime {
  store: Store;
  configuration: Configuration;
  application: Application;
  live: Live;
  world: WorkerWorld;
  startWorker(options: Pick<WorkerOptions, "role"> & Partial<WorkerOptions>): Promise<SupervisedWorker>;
  /** Removes what a kill left of trees that are gone; see `sweepLeftovers`. */
  sweep(): Promise<string[]>;
  close(): Promise<void>;
}

/** Throws StoreError. */
export async function createRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { settings, checkout, version } = options;
  const now = options.now ?? Date.now;
  const timers = options.timers ?? realTimers;
  const sandbox = createSandbox({
    maxWorkspaceBytes: settings.maxWorkspaceBytes,
    limits: { memoryBytes: settings.maxCommandBytes },
    ...(options.activitySampleMs && { activitySampleMs: options.activitySampleMs }),
  });
  const signs = createProviderSigns(now);
  // The catalogue needs the store, and whoever looks at the store may ask for the catalogue: not before this function is over.
  const acting = openActing({
    ...options,
    catalogue: async () => catalogue,
    terminal: () => sandbox.status(),
    machine: async () => watchedMachine(monitor),
    servers: async () => servers,
    sandbox: async () => sandbox,
    signs,
  });
  const monitor = createMonitor({ dataDir: settings.dataDir, timers });
  const { store, security, providers, configuration, application, live } = acting;
  const endMeasuring = startMeasuring({ store, monitor, timers, report: options.report });
  const terminals = createTerminals(sandbox, { timers, now });
  const treeSql = createTreeSql({ client: store.client, sandbox, checkout });
  const { vault } = security;
  const servers = createServers({
    ...serverOptions({ settings, store, security, configuration, version, report: options.report }),
    sandbox,
  });
  const catalogue = createCatalogue(
    options.worldTools ??
      worldTools({
        ...{ outputs: store.outputs, terminals, treeSql, servers, serverTools: configuration.serverTools },
        ...outsideTools(settings, vault, timers, providers),
      }),
  );
  const models = signs.watching(options.models ?? createModelPort(providers.settings, { runbook: runbookModel }));
  const tools = await connectTools(catalogue, version);
  const world: WorkerWorld = {
    now,
    random: Math.random,
    timers,
    turnstile: createTurnstile(REPLIES_AT_ONCE),
    log: store.log,
    loader: store.loader,
    configuration,
    models,
    parks: createProviderParks(),
    costOf: costMicroUsd,
    limitsOf,
    catalogue,
    gateway: createGateway({ catalogue, configuration, quarantineOf: store.toolStates.quarantineOf }),
    tools,
    servers,
    redactor: security.redactor,
    programs: {
      endOfTask: (taskUid) => terminals.endOfTask(taskUid),
      async endOf(treeUid) {
        await Promise.all([terminals.endOf(treeUid), servers.endOf(treeUid)]);
      },
      async endAll() {
        await Promise.all([terminals.endAll(), servers.endAll()]);
      },
    },
    sandbox,
    snapshots: acting.snapshots,
    filesAreThere: store.forks.filesAreThere,
    limits: {
      maxDepth: settings.maxDepth,
      maxWidth: settings.maxWidth,
      maxTasksPerTree: settings.maxTasksPerTree,
      isDayCapped: [settings.dailyCaps.all, settings.dailyCaps.person].some(
        ({ tokens, microUsd }) => tokens !== null || microUsd !== null,
      ),
      silentMs: options.silentMs ?? SILENT_MS,
      privateHosts: settings.privateHosts,
      defaultTimeoutMs: settings.defaultTimeoutMs,
    },
    rulesOf({ workspace, inPlace }) {
      if (!inPlace) return { hiddenPaths: [], isReadOnly: false };
      return rulesOf(workspace, settings.dataDir, checkout, security.keyPaths);
    },
    // The name begins with the tree's: what is left of a tree that is deleted is found by it.
    ownFolderOf: (treeUid, taskUid) => join(settings.dataDir, "workspaces", `${treeUid}.own`, taskUid),
    cacheDirOf: (treeUid) => join(settings.dataDir, "cache", treeUid),
    onDraft: live.draft,
  };
  return {
    store,
    configuration,
    application,
    live,
    world,
    async startWorker(given) {
      const worker = await startWorker(world, store, {
        identity: ownIdentity(),
        slots: settings.maxConcurrentAgents,
        report: options.report,
        ...given,
      });
      const supervisor = startSupervisor(world, store, worker, {
        intervalMs: settings.supervisorIntervalMs,
        configuration,
        dataDir: settings.dataDir,
        checkout,
        get defaultModel() {
          return providers.defaultModel();
        },
        tokensPerDay: settings.supervisorTokensPerDay,
        priceOf,
        isUsable: (model) => providers.states().some((one) => one.available && model.startsWith(`${one.name}/`)),
        now,
        report: options.report,
        memoryUsed() {
          const memory = monitor.latest()?.memory;
          return memory ? memory.usedBytes / memory.totalBytes : null;
        },
        compactSnapshots: () =>
          acting.snapshots.compact({ maxBytes: settings.maxSnapshotBytes, mayDrop: store.supervision.hasEnded }),
      });
      return {
        ...worker,
        supervisor,
        get id() {
          return worker.id;
        },
        async stop(graceMs) {
          supervisor.stop();
          await worker.stop(graceMs);
        },
      };
    },
    sweep: () => sweepLeftovers({ store, snapshots: acting.snapshots, dataDir: settings.dataDir, now }),
    async close() {
      endMeasuring();
      monitor.close();
      await tools.close();
      await terminals.close();
      await servers.close();
      await treeSql.close();
      sandbox.close();
      await acting.close();
    },
  };
}
