/** Assembles the runtime from database, models, tools and configuration, for server, command line and tests. */

import { join } from "node:path";
import { createA2aPushes } from "@/agents/a2a/pushes";
import { createA2aRecords } from "@/agents/a2a/records";
import { archiverOf } from "@/agents/archives/keep";
import { startBackupWatch } from "@/agents/backups/watch";
import { withdrawStale } from "@/agents/commands/proposals";
import { createLookLimits } from "@/agents/improvement/limits";
import { namingReplacements } from "@/agents/providers/gone-models";
import { isOnOwnServer } from "@/agents/providers/own-server";
import { createProviderParks } from "@/agents/providers/parks";
import { createProviderSigns } from "@/agents/providers/signs";
import { startMeasuring } from "@/agents/queries/measured/history";
import { watchedMachine } from "@/agents/queries/measured/machine";
import { startRetentionWatch } from "@/agents/retention/watch";
import { isCopyOfSelf } from "@/agents/self/copy";
import { settleTrial, watchReleases } from "@/agents/self/releases";
import { serverOptions } from "@/agents/servers/server-options";
import { createServers } from "@/agents/servers/servers";
import { createCatalogue } from "@/agents/tools/catalogue";
import { createTreeSql } from "@/agents/tools/own-tree/tree-sql";
import type { SelfTools } from "@/agents/tools/self/check-change";
import { connectTools } from "@/agents/tools/server";
import { worldTools } from "@/agents/tools/world-tools";
import { createGateway } from "@/agents/turn/gateway";
import type { WorkerWorld } from "@/agents/turn/world";
import { sweepLeftovers } from "@/agents/worker/sweep";
import { isDayCapped, withStored } from "@/db/records/daily-spend";
import type { Store } from "@/db/store";
import { createModelGateway } from "@/lib/model-gateway/gateway";
import { createCallCosts } from "@/lib/models/call-costs";
import { createCallLimits } from "@/lib/models/call-limits";
import { createModelPort } from "@/lib/models/model-port";
import { createMonitor } from "@/lib/monitor/monitor";
import { HEAP_GROWTH, keepHeapSmall } from "@/lib/process/heap";
import { createSandbox } from "@/lib/sandbox/sandbox";
import { createTerminals } from "@/lib/terminals/terminals";
import { realTimers, reporting } from "@/lib/time/timers";
import { createTurnstile } from "@/lib/time/turnstile";
import { rulesOf } from "@/lib/workspace/prepare";
import { refusalOfFolder } from "@/lib/workspace/refused";
import { type Acting, openActing } from "./acting";
import { startModelWatch } from "./model-watch";
import { outsideTools } from "./outside-tools";
import { PROGRAM_PORTS } from "./programs";
import type { Runtime, RuntimeOptions, RuntimeParts } from "./runtime-parts";
import { startSupervised } from "./supervised";

/** Replies that are handled before the event loop runs other work: as many as fit one transaction. */
const REPLIES_AT_ONCE = 32;

/** A stuck call is ended within a minute; a build that prints or computes goes on. */
const SILENT_MS = 45_000;

/** A program that is ended while it waits forgets a part of its work, and one that waits holds a slot. */
const HELD_MS = 10 * 60_000;

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
    ...(options.sandboxTested && { tested: options.sandboxTested }),
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

function selfOf({ self, store }: Acting, program: string): SelfTools {
  const { copiedFrom } = store.queries.files;
  const packages = join(program, "node_modules");
  const packagesOf = (tree: string) => (isCopyOfSelf(copiedFrom(tree)) ? packages : null);
  return { changes: self.changes, packagesOf, copiedFrom };
}

function worldOf(parts: RuntimeParts): WorkerWorld {
  const { options, now, timers, acting, sandbox, terminals, servers, catalogue } = parts;
  const { settings, checkout } = options;
  const { store, security, configuration } = acting;
  return {
    now,
    random: Math.random,
    timers,
    turnstile: createTurnstile(REPLIES_AT_ONCE),
    log: store.log,
    loader: store.loader,
    attachments: store.attachments,
    configuration,
    models: parts.models,
    modelGateway: parts.modelGateway,
    parks: createProviderParks(),
    costOf: createCallCosts(acting.models.pricesOf),
    isUnpriced: (model) => acting.models.priceOf(model) === null && !isOnOwnServer(acting.providers, model),
    limitsOf: createCallLimits(acting.models.limitsOf, {
      ...settings.callLimits,
      ...(options.silentMs && { silentMs: options.silentMs }),
    }),
    catalogue,
    capabilities: acting.capabilities,
    wasServerUsed: store.queries.tools.wasServerUsed,
    gateway: createGateway({ catalogue, configuration, quarantineOf: store.toolStates.quarantineOf }),
    tools: parts.tools,
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
    self: selfOf(acting, options.program),
    lookOf: createLookLimits({ store, configuration, power: acting.self.power, now }),
    startOf: store.forks.startOf,
    filesAreThere: store.forks.filesAreThere,
    loans: store.loans,
    limits: worldLimits(options, store),
    rulesOf({ workspace, inPlace }) {
      if (!inPlace) return { hiddenPaths: [], isReadOnly: false };
      return rulesOf(workspace, settings.dataDir, checkout, security.keyPaths);
    },
    refusalOf: ({ workspace, inPlace }) =>
      inPlace ? refusalOfFolder(workspace, { dataDir: settings.dataDir, checkout, keyPaths: security.keyPaths }) : null,
    // The name begins with the tree's id, so that leftovers of a deleted tree can be found.
    ownFolderOf: (treeUid, taskUid) => join(settings.dataDir, "workspaces", `${treeUid}.own`, taskUid),
    cacheDirOf: (treeUid) => join(settings.dataDir, "cache", treeUid),
    activities: acting.live.activities,
  };
}

function worldLimits(
  { settings, silentMs = SILENT_MS, heldMs = HELD_MS }: RuntimeOptions,
  store: Pick<Store, "spendCaps">,
): WorkerWorld["limits"] {
  return {
    maxDepth: settings.maxDepth,
    maxWidth: settings.maxWidth,
    maxTasksPerTree: settings.maxTasksPerTree,
    // Read each time, because an admin changes the caps while tasks run.
    get isDayCapped() {
      return isDayCapped(withStored(settings.dailyCaps, store.spendCaps.read()));
    },
    silentMs,
    heldMs,
    privateHosts: settings.privateHosts,
    defaultTimeoutMs: settings.defaultTimeoutMs,
  };
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
