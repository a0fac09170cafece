/** Assembles the runtime from database, models, tools and configuration, for server, command line and tests. */

import { createA2aPushes } from "@/agents/a2a/pushes";
import { createA2aRecords } from "@/agents/a2a/records";
import type { Application } from "@/agents/application";
import { archiverOf } from "@/agents/archives/keep";
import { startBackupWatch } from "@/agents/backups/watch";
import { withdrawStale } from "@/agents/commands/proposals";
import type { Configuration } from "@/agents/configuration/configuration";
import type { Security } from "@/agents/configuration/security";
import type { Governor } from "@/agents/governor/governor";
import { namingReplacements } from "@/agents/providers/gone-models";
import { createProviderSigns, type ProviderSigns } from "@/agents/providers/signs";
import { startMeasuring } from "@/agents/queries/measured/history";
import { watchedMachine } from "@/agents/queries/measured/machine";
import { startRetentionWatch } from "@/agents/retention/watch";
import { settleTrial, watchReleases } from "@/agents/self/releases";
import { serverOptions } from "@/agents/servers/server-options";
import { createServers, type Servers } from "@/agents/servers/servers";
import { type Catalogue, createCatalogue } from "@/agents/tools/catalogue";
import type { WorldTool } from "@/agents/tools/contract/tool";
import { createTreeSql, type TreeSql } from "@/agents/tools/own-tree/tree-sql";
import { connectTools, type ToolClient } from "@/agents/tools/server";
import { worldTools } from "@/agents/tools/world-tools";
import type { WorkerWorld } from "@/agents/turn/world";
import type { OtherReceivers } from "@/agents/webhooks/sender";
import type { Supervisor } from "@/agents/worker/supervisor";
import { sweepLeftovers } from "@/agents/worker/sweep";
import type { Worker } from "@/agents/worker/worker";
import type { WorkerOptions } from "@/agents/worker/worker-context";
import type { A2aRecords } from "@/core/a2a/records";
import type { ModelPort } from "@/core/log/model";
import type { Readings } from "@/core/rules/governor";
import type { OpenOptions } from "@/db/file/client";
import type { Store } from "@/db/store";
import type { Settings } from "@/lib/env";
import { createModelGateway, type ModelGateway } from "@/lib/model-gateway/gateway";
import { createModelPort } from "@/lib/models/model-port";
import { createMonitor, type Monitor } from "@/lib/monitor/monitor";
import { HEAP_GROWTH, keepHeapSmall } from "@/lib/process/heap";
import type { TakenBack } from "@/lib/process/launch";
import type { LauncherChannel } from "@/lib/process/launcher-channel";
import { createSandbox } from "@/lib/sandbox/sandbox";
import type { Terminals } from "@/lib/terminals/port";
import { createTerminals } from "@/lib/terminals/terminals";
import type { Checks } from "@/lib/time/checks";
import { realTimers, reporting, type Timers } from "@/lib/time/timers";
import { type Acting, openActing } from "./acting";
import type { Live } from "./live";
import { startModelWatch } from "./model-watch";
import { outsideTools } from "./outside-tools";
import { PROGRAM_PORTS } from "./programs";
import { startSupervised } from "./supervised";
import { selfOf, worldOf } from "./world";

export interface RuntimeOptions {
  settings: Settings;
  /** See LookingOptions. */
  program: string;
  checkout: string;
  /** See LookingOptions. */
  source?: string;
  /** The process makes pages and runs no tasks. */
  isPages?: boolean;
  version: string;
  /** false: for read-only commands; the database must exist and have this version. */
  migrate?: boolean;
  /** See OpenOptions. */
  raisesLevel?: boolean;
  /** See OpenOptions. */
  claim?: OpenOptions["claim"];
  /** Replaces the configured providers. */
  models?: ModelPort;
  worldTools?: readonly WorldTool[];
  now?: () => number;
  /** See StoreOptions. */
  steady?: () => number;
  timers?: Timers;
  /** How long a call may be silent; tests use less. */
  silentMs?: number;
  /** How long a call that can go on later waits in its process for a person; tests use less. */
  heldMs?: number;
  /** How often a command's processes are checked for signs of life. */
  activitySampleMs?: number;
  /** Replaces readings of the limits; for tests. */
  readings?(usual: Readings): Readings;
  report(message: string, error?: unknown): void;
  /** Ends the server when each task has finished its turn. Absent: the process is not a server. */
  shutDown?(by: string): void;
}

export interface SupervisedWorker extends Worker {
  supervisor: Supervisor;
  governor: Governor;
  /** Starts the review agent's looks at faults. */
  looks: Checks;
  /** Starts the review agent's looks at what agents flag. */
  flags: Checks;
  /** Replays ended trees before the trial of a new version. */
  replays: Checks;
  /** Begins the trees of schedules. */
  schedules: Checks;
}

export interface Runtime {
  store: Store;
  security: Security;
  configuration: Configuration;
  application: Application;
  live: Live;
  /** The last signs of each provider, which the pages show. */
  signs: ProviderSigns;
  /** Servers of tools, as commands of people use them. */
  servers: Pick<Servers, "closeServer" | "onClosed">;
  /** What sending webhooks needs. */
  webhooks: Acting["webhooks"];
  /** Tasks of other agents, and the addresses that are told about them. */
  a2a: { records: A2aRecords; pushes: OtherReceivers };
  world: WorkerWorld;
  terminals: Terminals;
  /** Gives approved changes to the launcher, and ends its trials while they are switched off. Returns its end. */
  watchReleases(channel: LauncherChannel, isTrial: () => boolean): () => void;
  /** Puts right what a trial left; resolves with what it did, as sentences. */
  settleTrial(taken: TakenBack): Promise<string>;
  startWorker(options: Pick<WorkerOptions, "role"> & Partial<WorkerOptions>): Promise<SupervisedWorker>;
  /** Removes old trees once a day while a limit is set. Returns its end. */
  watchRetention(isTrial: () => boolean): () => void;
  /** Makes scheduled backups. Returns its end. */
  watchBackups(): () => void;
  /** Removes leftovers of deleted trees after a kill; see `sweepLeftovers`. */
  sweep(): Promise<string[]>;
  /** Makes the source of this release what agents start from, then withdraws changes of another one. Never rejects. */
  followRelease(): Promise<void>;
  /** Asks providers for lists of models that are older than a day. Never rejects. */
  refreshModels(): Promise<void>;
  /** Keeps the lists of models fresh; `say` gets a sentence for each model that needs attention. Returns its end. */
  watchModels(say: (sentence: string) => void): () => void;
  close(): Promise<void>;
}

/** What is there before a worker starts: its world is built from it. */
export interface RuntimeParts {
  options: RuntimeOptions;
  now(): number;
  timers: Timers;
  acting: Acting;
  monitor: Monitor;
  signs: ProviderSigns;
  sandbox: ReturnType<typeof createSandbox>;
  terminals: Terminals;
  treeSql: TreeSql;
  servers: Servers;
  catalogue: Catalogue;
  tools: ToolClient;
  models: ModelPort;
  modelGateway: ModelGateway;
  endMeasuring(): void;
}

/** Opens the database and assembles the runtime. Throws StoreError. */
export async function createRuntime(options: RuntimeOptions): Promise<Runtime> {
  const parts = await openParts(options);
  const { store, security, configuration, application, live, webhooks, snapshots } = parts.acting;
  const world = worldOf(parts);
  return {
    store,
    security,
    configuration,
    application,
    live,
    signs: parts.signs,
    servers: parts.servers,
    webhooks,
    a2a: openA2a(parts),
    world,
    terminals: parts.terminals,
    watchReleases: (channel, isTrial) =>
      watchReleases({
        ...{ store, channel, isTrial, timers: parts.timers, report: options.report },
        ...parts.acting.self,
      }),
    settleTrial: (taken) => settleTrial(store, taken),
    startWorker: (given) => startSupervised(parts, world, given),
    watchRetention: (isTrial) => watchRetention(parts, isTrial),
    watchBackups: () => watchBackups(parts),
    sweep: () => sweepLeftovers({ store, snapshots, dataDir: options.settings.dataDir, now: parts.now }),
    followRelease: () => followRelease(parts),
    refreshModels: () => parts.acting.models.refresh(),
    watchModels: (say) =>
      startModelWatch({
        ...{ models: parts.acting.models, timers: parts.timers, say },
        ...{ defaultModel: parts.acting.providers.defaultModel, agents: configuration.agents },
      }),
    close: () => closeParts(parts),
  };
}

function openA2a({ options: { settings }, acting }: RuntimeParts): Runtime["a2a"] {
  const { store, security, queries, configuration } = acting;
  const sources = { store, security, settings, queries, configuration };
  return { records: createA2aRecords(sources), pushes: createA2aPushes(sources) };
}

async function openParts(options: RuntimeOptions): Promise<RuntimeParts> {
  const { settings, program, version } = options;
  keepHeapSmall(options.isPages ? HEAP_GROWTH.pages : HEAP_GROWTH.tasks);
  const now = options.now ?? Date.now;
  const timers = reporting(options.timers ?? realTimers, options.report);
  const sandbox = createSandbox({
    maxWorkspaceBytes: settings.maxWorkspaceBytes,
    limits: { memoryBytes: settings.maxCommandBytes },
    ...(options.activitySampleMs && { activitySampleMs: options.activitySampleMs }),
  });
  const signs = createProviderSigns(now);
  // The catalogue needs the store, and queries need the catalogue, but only after this function has returned.
  const acting = openActing({
    ...options,
    isWorker: true,
    catalogue: async () => catalogue,
    terminal: () => sandbox.status(),
    machine: async () => watchedMachine(monitor, store),
    servers: async () => servers,
    sandbox: async () => sandbox,
    signs,
  });
  const monitor = createMonitor({ dataDir: settings.dataDir, timers });
  const { store, security, providers, configuration } = acting;
  const endMeasuring = startMeasuring({ store, monitor, timers, report: options.report });
  const terminals = createTerminals(sandbox, { timers, now });
  const treeSql = createTreeSql({ client: store.client, sandbox, program });
  const servers = createServers({
    ...serverOptions({ settings, store, security, configuration, version, report: options.report }),
    sandbox,
  });
  const catalogue = createCatalogue(
    options.worldTools ??
      worldTools({
        ...{ outputs: store.outputs, terminals, treeSql, servers, serverTools: configuration.serverTools },
        self: selfOf(acting, program),
        goals: { snapshots: acting.snapshots, ...store.queries.goals, now },
        codingAgents: { configured: settings.codingAgents, searchPath: settings.searchPath },
        ...outsideTools(settings, program, security.vault, timers, providers),
      }),
  );
  const port = options.models ?? createModelPort(providers.settings, PROGRAM_PORTS);
  const models = signs.watching(namingReplacements(port, acting.models));
  const tools = await connectTools(catalogue, version);
  const modelGateway = createModelGateway({ access: providers.settings, report: options.report });
  const running = { sandbox, terminals, treeSql, servers, catalogue, tools, models, modelGateway };
  return { options, now, timers, acting, monitor, signs, ...running, endMeasuring };
}

async function followRelease({ acting: { store, self }, options }: RuntimeParts): Promise<void> {
  try {
    await self.changes.refresh();
    await withdrawStale({ store }, self.changes);
  } catch (error) {
    options.report("Proposed changes of code could not be looked at.", error);
  }
}

function watchBackups({ options: { settings, report }, acting, now, timers }: RuntimeParts): () => void {
  const { store, backups, security } = acting;
  const backupSettings = settings.backups;
  return startBackupWatch({ store, backups, backupSettings, anchorFile: security.anchorFile, now, report }, timers);
}

function watchRetention(
  { options: { settings, report, version }, acting, now, timers }: RuntimeParts,
  isTrial: () => boolean,
): () => void {
  const { store, snapshots, security } = acting;
  const { dataDir, retention: retentionSettings } = settings;
  const archive = archiverOf({ store, snapshots, redactor: security.redactor, version, now });
  return startRetentionWatch({ store, snapshots, dataDir, retentionSettings, isTrial, now, report, archive }, timers);
}

async function closeParts(parts: RuntimeParts): Promise<void> {
  parts.endMeasuring();
  parts.monitor.close();
  await parts.modelGateway.close();
  await parts.tools.close();
  await parts.terminals.close();
  await parts.servers.close();
  await parts.treeSql.close();
  parts.sandbox.close();
  await parts.acting.close();
}
