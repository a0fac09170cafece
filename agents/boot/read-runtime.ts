/** The read-only part of the runtime. It loads neither models nor tools, so that a command answers quickly. */
import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import type { Queries } from "@/agents/application";
import { type CapabilityView, createCapabilities } from "@/agents/capabilities/capabilities";
import { createMachineCommands } from "@/agents/capabilities/commands";
import { gitCredentialOf } from "@/agents/commands/workspace/clone-workspace";
import { createOpenRepository } from "@/agents/commands/workspace/open-repository";
import { type Configuration, createConfiguration, type RunbookFinder } from "@/agents/configuration/configuration";
import { createSecurity, type Security } from "@/agents/configuration/security";
import { createProviders, type Providers } from "@/agents/providers/providers";
import type { ProviderSigns } from "@/agents/providers/signs";
import { type MachineReading, machineOnce } from "@/agents/queries/measured/machine";
import { createQueries, type QuerySources } from "@/agents/queries/queries";
import { createSpace, type Space } from "@/agents/retention/space";
import { createGateLimit, type GateLimit } from "@/agents/self/gate-limit";
import { createSelfSwitch, type SelfSwitch } from "@/agents/self/switch";
import type { Catalogue } from "@/agents/tools/catalogue";
import type { WebhookSources } from "@/agents/webhooks/webhooks";
import type { OpenOptions } from "@/db/file/client";
import { createLiveBackups, type LiveBackups } from "@/db/file/live-backup";
import { openStore, type Store } from "@/db/store";
import type { Settings } from "@/lib/env";
import { launcherHomeOf } from "@/lib/env/launcher-homes";
import { createCallLimits } from "@/lib/models/call-limits";
import { type KnownModels, openKnownModels } from "@/lib/models/known-models";
import { ownIdentity } from "@/lib/process/identity";
import type { SandboxPort, SandboxStatus } from "@/lib/sandbox/port";
import type { SnapshotStore } from "@/lib/snapshots/port";
import { createSnapshotStore } from "@/lib/snapshots/store";
import { NO_TERMINALS } from "@/lib/terminals/none";
import { realTimers } from "@/lib/time/timers";
import { localWorkplaces } from "@/lib/workplace/local/local";
import type { Workplaces } from "@/lib/workplace/port";
import type { WorkspaceView } from "@/lib/workspace/path";
import { rulesOf } from "@/lib/workspace/prepare";
import { createLive, type Live } from "./live";

export interface ReadRuntimeOptions {
  settings: Settings;
  /** Folder of the running release: its migrations and its programs. */
  program: string;
  /** For tests only: the folder whose source agents may propose to change, instead of the release's. */
  source?: string;
  /** The person's clone, with the settings; agents may not change it. Equal to `program` without a launcher. */
  checkout: string;
  version: string;
  /** false: the database must exist and have this version. */
  migrate?: boolean;
  /** See OpenOptions. */
  raisesLevel?: boolean;
  /** See OpenOptions. */
  claim?: OpenOptions["claim"];
  now?: () => number;
  /** See StoreOptions. */
  steady?: () => number;
  /** Needed only by processes that submit tasks. */
  findRunbook?: RunbookFinder;
  /** Called with errors that do not stop the process. */
  report?(message: string, error?: unknown): void;
  catalogue?(): Promise<Catalogue>;
  terminal?(): Promise<SandboxStatus>;
  /** Returns the sandbox in which git reads a folder. Absent: only what is plain without git is told. */
  sandbox?(): Promise<SandboxPort>;
  /** Returns the monitor's samples. Absent: each query takes a sample. */
  machine?(): Promise<MachineReading | null>;
  /** Set in a process that calls models itself. */
  signs?: ProviderSigns;
}

export interface ReadRuntime {
  store: Store;
  security: Security;
  webhooks: WebhookSources & { store: Store };
  providers: Providers;
  models: KnownModels;
  configuration: Configuration;
  capabilities: CapabilityView;
  queries: Queries;
  live: Live;
  snapshots: SnapshotStore;
  backups: LiveBackups;
  selfPower: SelfSwitch;
  gateLimit: GateLimit;
  close(): Promise<void>;
}

/** Opens the database with queries only. Throws StoreError. */
export function openReadRuntime(options: ReadRuntimeOptions): ReadRuntime {
  const { settings, version } = options;
  const now = options.now ?? Date.now;
  const store = openDatabase(options);
  const configuration = openConfiguration(store, options);
  const live = createLive(store);
  const security = createSecurity({ store, settings, checkout: options.checkout, report: options.report });
  const models = openKnownModels(settings.dataDir, { access: () => providers.settings(), now });
  const providers = createProviders({ settings, vault: security.vault, models, ...providersIn(store) });
  const snapshots = createSnapshotStore({ dir: join(settings.dataDir, "snapshots") });
  const backups = backupsOf(options, now);
  const selfPower = createSelfSwitch(settings.dataDir, store.selfSwitch);
  const gateLimit = createGateLimit(store.gateRuns, now);
  const improvement = improvementOf({ settings, selfPower, providers });
  const webhooks = { store, settings, secret: (name: string) => security.vault.get(name), now };
  const ownSandbox = sandboxWhenNeeded();
  const sandbox = options.sandbox ?? ownSandbox.get;
  const capabilities = openCapabilities(options, { store, configuration, sandbox });
  const queries = createQueries({
    webhooks,
    capabilities,
    store,
    security,
    configuration,
    catalogue: options.catalogue ?? loadCatalogue,
    terminal: options.terminal ?? testTerminal,
    now,
    snapshots,
    hiddenPathsOf: (workspace) => rulesOf(workspace, settings.dataDir, options.checkout, security.keyPaths).hiddenPaths,
    sandbox,
    environment: process.env,
    program: options.program,
    openRepository: createOpenRepository({ settings, vault: security.vault, self: null }),
    gitCredentialOf: (host) => gitCredentialOf(security.vault, host),
    workplaceOf: workplacesOf(
      options,
      security,
      localWorkplaces({ sandbox: sandboxLater(sandbox), terminals: NO_TERMINALS, snapshots }),
    ),
    slots: settings.maxConcurrentAgents,
    providers,
    models,
    limitsOf: createCallLimits(models.limitsOf, settings.callLimits),
    inEffect: settings.inEffect,
    publicUrl: settings.publicUrl,
    version,
    machine: options.machine ?? (() => machineOnce(store, settings)),
    maxDbBytes: settings.maxDbBytes,
    operations: {
      signs: options.signs ?? null,
      backups,
      dataDir: settings.dataDir,
      selfPower,
      gateLimit,
      improvement,
    },
    hasRunners: settings.runners.nats.length > 0,
    usualPool: settings.runners.pool,
    codingAgents: {
      configured: settings.codingAgents,
      searchPath: settings.searchPath,
      firstRequests: store.firstRequests,
      spokenProtocols: store.spokenProtocols,
    },
    dailyCaps: settings.dailyCaps,
    backupSettings: settings.backups,
    retentionSettings: settings.retention,
    space: spaceOf(options, { store, backups }),
    places: placesOf(options, security),
  });
  return {
    store,
    selfPower,
    gateLimit,
    security,
    webhooks,
    providers,
    capabilities,
    models,
    configuration,
    queries,
    live,
    snapshots,
    backups,
    async close() {
      models.close();
      await ownSandbox.close();
      await snapshots.close();
      live.close();
      await store.close();
    },
  };
}

function improvementOf({
  settings,
  selfPower,
  providers,
}: Pick<ReadRuntimeOptions, "settings"> & Pick<ReadRuntime, "selfPower" | "providers">) {
  return {
    power: selfPower,
    defaultModel: () => providers.defaultModel(),
    tokensPerDay: settings.flagReviewTokensPerDay,
  };
}

function backupsOf({ settings, program }: ReadRuntimeOptions, now: () => number): LiveBackups {
  const { databaseFile: database, dataDir } = settings;
  return createLiveBackups({ database, dataDir, program, now });
}

function spaceOf({ settings }: ReadRuntimeOptions, parts: Pick<ReadRuntime, "store" | "backups">): Space {
  const { dataDir, launcherHomes } = settings;
  const launcherHome = launcherHomeOf(launcherHomes, dataDir);
  return createSpace({ ...parts, dataDir, launcherHome, isLaunched: ownIdentity().launch !== null });
}

/** Throws StoreError. */
function openDatabase(options: ReadRuntimeOptions): Store {
  const { settings } = options;
  return openStore(settings.databaseFile, {
    migrations: join(options.program, "drizzle"),
    synchronous: settings.synchronous,
    maxConcurrent: () => settings.maxConcurrentAgents,
    dailyCaps: settings.dailyCaps,
    ...(options.now && { now: options.now }),
    ...(options.steady && { steady: options.steady }),
    ...(options.migrate === false && { migrate: false }),
    ...(options.raisesLevel && { raisesLevel: true }),
    ...(options.claim && { claim: options.claim }),
  });
}

function openConfiguration(store: Store, { settings, findRunbook }: ReadRuntimeOptions): Configuration {
  return createConfiguration(store.configuration, {
    defaultTimeoutMs: settings.defaultTimeoutMs,
    askTimeoutMs: settings.askTimeoutMs,
    askDefault: settings.askDefault,
    findRunbook: findRunbook ?? (() => null),
    allowedHosts: settings.allowedHosts,
    fetchHosts: settings.fetchHosts,
  });
}

function openCapabilities(
  options: ReadRuntimeOptions,
  { store, configuration, sandbox }: Pick<ReadRuntime, "store" | "configuration"> & { sandbox(): Promise<SandboxPort> },
): CapabilityView {
  const now = options.now ?? Date.now;
  const catalogue = options.catalogue ?? loadCatalogue;
  const commands = createMachineCommands({ sandbox, now, timers: realTimers });
  return createCapabilities({ configuration, catalogue, store, commands });
}

/** Returns a function that finds a workplace of a tree, with the rules for what people and tools may see in it. */
function workplacesOf(
  { settings: { dataDir }, checkout }: ReadRuntimeOptions,
  { keyPaths }: Security,
  workplaces: Workplaces,
): QuerySources["workplaceOf"] {
  const folders = join(dataDir, "workspaces");
  const viewOf = ({ id, workspace }: { id: string; workspace: string }, owner: string | null): WorkspaceView => {
    if (owner !== null) return { root: join(folders, `${id}.own`, owner), hiddenPaths: [] };
    // A folder of Banyan's own holds only the tree's files; a person's folder may hold the checkout or keys.
    if (existsSync(folders) && workspace.startsWith(`${realpathSync(folders)}/`))
      return { root: workspace, hiddenPaths: [] };
    return { root: workspace, ...rulesOf(workspace, dataDir, checkout, keyPaths) };
  };
  return (tree, owner) =>
    workplaces.of({
      tree: tree.id,
      task: owner ?? "",
      owner,
      cacheDir: join(dataDir, "cache", tree.id),
      ...viewOf(tree, owner),
    });
}

/** Returns a sandbox that is opened when it is used first. */
function sandboxLater(open: () => Promise<SandboxPort>): SandboxPort {
  return {
    status: async () => (await open()).status(),
    run: async (run) => (await open()).run(run),
    start: async (start) => (await open()).start(start),
  };
}

function placesOf({ sandbox, settings, checkout }: ReadRuntimeOptions, { keyPaths }: Security) {
  const { dataDir, workspaceRoots, privateHosts } = settings;
  return { sandbox, dataDir, checkout, keyPaths, workspaceRoots, privateHosts };
}

async function loadCatalogue(): Promise<Catalogue> {
  const [{ createCatalogue }, { worldTools, NO_SERVICES }] = await Promise.all([
    import("@/agents/tools/catalogue"),
    import("@/agents/tools/world-tools"),
  ]);
  return createCatalogue(worldTools(NO_SERVICES));
}

/** Returns a sandbox that starts at its first use, for a process without a worker. */
function sandboxWhenNeeded() {
  let started: Promise<SandboxPort & { close(): void }> | undefined;
  return {
    get(): Promise<SandboxPort> {
      started ??= import("@/lib/sandbox/sandbox").then(({ createSandbox }) => createSandbox());
      return started;
    },
    async close() {
      (await started)?.close();
    },
  };
}

export async function testTerminal(): Promise<SandboxStatus> {
  const { createSandbox } = await import("@/lib/sandbox/sandbox");
  const sandbox = createSandbox();
  try {
    return await sandbox.status();
  } finally {
    sandbox.close();
  }
}

function providersIn({ providerAddresses: addresses, log: { glance } }: Store) {
  return { addresses, glance };
}
