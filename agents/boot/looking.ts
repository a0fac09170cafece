/** The read-only part of the runtime. It loads neither models nor tools, so that a command answers quickly. */
import { join } from "node:path";
import type { Queries } from "@/agents/application";
import { type Configuration, createConfiguration, type RunbookFinder } from "@/agents/configuration/configuration";
import { createSecurity, type Security } from "@/agents/configuration/security";
import { createProviders, type Providers } from "@/agents/providers/providers";
import type { ProviderSigns } from "@/agents/providers/signs";
import { type MachineLook, machineOnce } from "@/agents/queries/machine";
import { createQueries } from "@/agents/queries/queries";
import type { Catalogue } from "@/agents/tools/catalogue";
import { createLiveBackups, type LiveBackups } from "@/db/file/live-backup";
import { openStore, type Store } from "@/db/store";
import type { Settings } from "@/lib/env";
import { createCallLimits } from "@/lib/models/call-limits";
import { type KnownModels, openKnownModels } from "@/lib/models/known-models";
import type { SandboxPort, SandboxStatus } from "@/lib/sandbox/port";
import type { SnapshotStore } from "@/lib/snapshots/port";
import { createSnapshotStore } from "@/lib/snapshots/store";
import { createLive, type Live } from "./live";

export interface LookingOptions {
  settings: Settings;
  /** Folder of the running system: its migrations, and the checkout that agents may not change. */
  checkout: string;
  version: string;
  /** false: the database must exist and have this version. */
  migrate?: boolean;
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
  machine?(): Promise<MachineLook | null>;
  /** Set in a process that calls models itself. */
  signs?: ProviderSigns;
}

export interface Looking {
  store: Store;
  security: Security;
  providers: Providers;
  models: KnownModels;
  configuration: Configuration;
  queries: Queries;
  live: Live;
  snapshots: SnapshotStore;
  backups: LiveBackups;
  close(): Promise<void>;
}

/** Opens the database with queries only. Throws StoreError. */
export function openLooking(options: LookingOptions): Looking {
  const { settings, version } = options;
  const now = options.now ?? Date.now;
  const store = openStore(settings.databaseFile, {
    migrations: join(options.checkout, "drizzle"),
    synchronous: settings.synchronous,
    maxConcurrent: () => settings.maxConcurrentAgents,
    dailyCaps: settings.dailyCaps,
    ...(options.now && { now: options.now }),
    ...(options.steady && { steady: options.steady }),
    ...(options.migrate === false && { migrate: false }),
  });
  const configuration = createConfiguration(store.configuration, {
    defaultTimeoutMs: settings.defaultTimeoutMs,
    askTimeoutMs: settings.askTimeoutMs,
    askDefault: settings.askDefault,
    findRunbook: options.findRunbook ?? (() => null),
    allowedHosts: settings.allowedHosts,
    fetchHosts: settings.fetchHosts,
  });
  const live = createLive(store);
  const security = createSecurity({ store, settings, checkout: options.checkout, report: options.report });
  const models = openKnownModels(settings.dataDir, { access: () => providers.settings(), now });
  const providers = createProviders({ settings, vault: security.vault, addresses: store.providerAddresses, models });
  const snapshots = createSnapshotStore({ dir: join(settings.dataDir, "snapshots") });
  const backups = createLiveBackups({
    database: settings.databaseFile,
    dataDir: settings.dataDir,
    checkout: options.checkout,
    now,
  });
  const queries = createQueries({
    store,
    security,
    configuration,
    catalogue: options.catalogue ?? loadCatalogue,
    terminal: options.terminal ?? testTerminal,
    now,
    snapshots,
    slots: settings.maxConcurrentAgents,
    providers,
    models,
    limitsOf: createCallLimits(models.limitsOf, settings.callLimits),
    inEffect: settings.inEffect,
    version,
    machine: options.machine ?? (() => machineOnce(store, settings)),
    maxDbBytes: settings.maxDbBytes,
    operations: { signs: options.signs ?? null, backups, dataDir: settings.dataDir },
    dailyCaps: settings.dailyCaps,
    places: placesOf(options, security),
  });
  return {
    store,
    security,
    providers,
    models,
    configuration,
    queries,
    live,
    snapshots,
    backups,
    async close() {
      models.close();
      await snapshots.close();
      live.close();
      await store.close();
    },
  };
}

function placesOf({ sandbox, settings, checkout }: LookingOptions, { keyPaths }: Security) {
  const { dataDir, workspaceRoots } = settings;
  return { sandbox, dataDir, checkout, keyPaths, workspaceRoots };
}

async function loadCatalogue(): Promise<Catalogue> {
  const [{ createCatalogue }, { worldTools, NO_SERVICES }] = await Promise.all([
    import("@/agents/tools/catalogue"),
    import("@/agents/tools/world-tools"),
  ]);
  return createCatalogue(worldTools(NO_SERVICES));
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
