/** Assembles the runtime from database, models, tools and configuration, for server, command line and tests. */
import { createA2aPushes } from "@/agents/a2a/pushes";
import { createA2aRecords } from "@/agents/a2a/records";
import { archiverOf } from "@/agents/archives/keep";
import { startBackupWatch, startBucketWatch } from "@/agents/backups/watch";
import { withdrawStale } from "@/agents/commands/proposals";
import { countGates } from "@/agents/measuring/gates";
import { countedModels } from "@/agents/measuring/models";
import { namingReplacements } from "@/agents/providers/gone-models";
import { createProviderSigns, type ProviderSigns } from "@/agents/providers/signs";
import { startMeasuring } from "@/agents/queries/measured/history";
import { watchedMachine } from "@/agents/queries/measured/machine";
import { startRetentionWatch } from "@/agents/retention/watch";
import { openRunnerCell } from "@/agents/runners/cell";
import { createTreeChecks } from "@/agents/runners/checks";
import { createPlacing } from "@/agents/runners/places";
import { placedWorkplaces } from "@/agents/runners/workplaces";
import { settleTrial, watchReleases } from "@/agents/self/releases";
import { serverOptions } from "@/agents/servers/server-options";
import { createServers } from "@/agents/servers/servers";
import { createCatalogue } from "@/agents/tools/catalogue";
import { createTreeSql } from "@/agents/tools/own-tree/tree-sql";
import { connectTools } from "@/agents/tools/server";
import { worldTools } from "@/agents/tools/world-tools";
import { sweepLeftovers } from "@/agents/worker/sweep";
import { createCounts } from "@/core/metrics/counts";
import { createModelGateway } from "@/lib/model-gateway/gateway";
import { createCallCosts } from "@/lib/models/call-costs";
import { createModelPort } from "@/lib/models/model-port";
import { createMonitor } from "@/lib/monitor/monitor";
import { HEAP_GROWTH, keepHeapSmall } from "@/lib/process/heap";
import { createSandbox } from "@/lib/sandbox/sandbox";
import { createTerminals } from "@/lib/terminals/terminals";
import { realTimers, reporting } from "@/lib/time/timers";
import { localWorkplaces } from "@/lib/workplace/local/local";
import { openActing } from "./acting";
import { startModelWatch } from "./model-watch";
import { outsideTools } from "./outside-tools";
import { PROGRAM_PORTS } from "./programs";
import type { Runtime, RuntimeOptions, RuntimeParts } from "./runtime-parts";
import { specificationsOf } from "./specifications";
import { startSupervised } from "./supervised";
import { selfOf, worldOf } from "./world";

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
    counts: parts.counts,
    servers: parts.servers,
    webhooks,
    a2a: openA2a(parts),
    world,
    sandbox: parts.sandbox,
    terminals: parts.terminals,
    watchReleases: (channel, isTrial) =>
      watchReleases({
        store,
        channel,
        isTrial,
        timers: parts.timers,
        report: options.report,
        ...parts.acting.self,
      }),
    settleTrial: (taken) => settleTrial(store, taken),
    startWorker: (given) => startSupervised(parts, world, given),
    watchRetention: (isTrial) => watchRetention(parts, isTrial),
    watchBackups: () => watchBackups(parts),
    sweep: () => sweepLeftovers({ store, snapshots, dataDir: options.settings.dataDir, now: parts.now }),
    followRelease: () => followRelease(parts),
    refreshModels: async () => void (await parts.acting.models.refresh()),
    watchModels: (say) =>
      startModelWatch({
        models: parts.acting.models,
        timers: parts.timers,
        say,
        defaultModel: parts.acting.providers.defaultModel,
        agents: configuration.agents,
      }),
    close: () => closeParts(parts),
  };
}

function openA2a({ options: { settings }, acting, now }: RuntimeParts): Runtime["a2a"] {
  const { store, security, queries, configuration } = acting;
  const sources = { store, security, settings, queries, configuration, now };
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
  const signs: ProviderSigns = createProviderSigns(now, () => acting.providers.settings());
  const counts = createCounts();
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
  const ends = [startMeasuring({ store, monitor, timers, report: options.report }), countGates(counts)];
  const terminals = createTerminals(sandbox, { timers, now });
  const { snapshots } = acting;
  const local = localWorkplaces({ sandbox, terminals, snapshots });
  const cell = openRunnerCell({
    settings: settings.runners,
    dataDir: settings.dataDir,
    timers,
    report: options.report,
  });
  const places = createPlacing({ cell, store, snapshots, local, timers });
  const checks = createTreeChecks({ cell, store, snapshots, places, timers });
  const workplaces = placedWorkplaces({ local, places, snapshots });
  const treeSql = createTreeSql({ client: store.client, sandbox, program });
  const servers = createServers({
    ...serverOptions({ settings, store, security, configuration, version, now, report: options.report }),
    sandbox,
  });
  const catalogue = createCatalogue(
    options.worldTools ??
      worldTools({
        outputs: store.outputs,
        terminals: {
          hostsOf: (id) => terminals.hostsOf(id) ?? (cell === null ? null : workplaces.hostsOf(id)),
        },
        treeSql,
        servers,
        serverTools: configuration.serverTools,
        self: selfOf(acting, program, sandbox),
        goals: { snapshots: acting.snapshots, checks, ...store.queries.goals, now },
        specifications: specificationsOf(program, settings.dataDir, snapshots),
        codingAgents: {
          configured: settings.codingAgents,
          searchPath: settings.searchPath,
          firstRequests: store.firstRequests,
          spokenProtocols: store.spokenProtocols,
        },
        ...outsideTools(settings, program, security.vault, timers, providers),
      }),
  );
  const port = options.models ?? createModelPort(providers.settings, PROGRAM_PORTS);
  const costOf = createCallCosts(acting.models.pricesOf);
  const models = countedModels(signs.watching(namingReplacements(port, acting.models)), { counts, now, costOf });
  const tools = await connectTools(catalogue, version);
  const modelGateway = createModelGateway({ access: providers.settings, report: options.report });
  const running = {
    sandbox,
    workplaces,
    cell,
    places,
    checks,
    terminals,
    treeSql,
    servers,
    catalogue,
    tools,
    models,
    modelGateway,
  };
  return {
    options,
    now,
    timers,
    acting,
    monitor,
    signs,
    counts,
    ...running,
    endMeasuring: () => {
      for (const end of ends) end();
    },
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
  const { store, backups, security, prove } = acting;
  const sources = { store, backups, backupSettings: settings.backups, now, report };
  const ends = [
    startBackupWatch({ ...sources, anchorFile: security.anchorFile }, timers),
    startBucketWatch({ ...sources, prove }, timers),
  ];
  return () => {
    for (const end of ends) end();
  };
}

function watchRetention(
  { options: { settings, report, version }, acting, now, timers }: RuntimeParts,
  isTrial: () => boolean,
): () => void {
  const { store, snapshots, security } = acting;
  const { dataDir, retention: retentionSettings } = settings;
  const archive = archiverOf({ store, snapshots, dataDir, redactor: security.redactor, version, now });
  return startRetentionWatch({ store, snapshots, dataDir, retentionSettings, isTrial, now, report, archive }, timers);
}

async function closeParts(parts: RuntimeParts): Promise<void> {
  parts.endMeasuring();
  parts.monitor.close();
  await parts.cell?.close();
  await parts.modelGateway.close();
  await parts.tools.close();
  await parts.terminals.close();
  await parts.servers.close();
  await parts.treeSql.close();
  parts.sandbox.close();
  await parts.acting.close();
}
