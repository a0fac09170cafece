/** Opens queries and operations, without the models and tools that only a worker needs. */
import type { Application } from "@/agents/application";
import type { BucketSources } from "@/agents/backups/bucket-copy";
import { proveBackup } from "@/agents/backups/prove";
import { openOperations } from "@/agents/commands/open";
import { operations } from "@/agents/commands/operations";
import { createCloneWorkspace } from "@/agents/commands/workspace/clone-workspace";
import { createOpenRepository } from "@/agents/commands/workspace/open-repository";
import type { CommandSources } from "@/agents/commands/world/sources";
import type { RunbookFinder } from "@/agents/configuration/configuration";
import { createForgeAccess } from "@/agents/forges/access";
import type { LookSources } from "@/agents/improvement/look";
import type { FlagLookSources } from "@/agents/improvement/open-flag-look";
import { type AuditSources, auditRefusal, createSubjectFinder } from "@/agents/operations/audit";
import type { Unbound } from "@/agents/operations/operation";
import { unbound } from "@/agents/operations/perform";
import { createIds } from "@/agents/queries/queries";
import type { ReplaySources } from "@/agents/replays/watch";
import { type Approved, carryOver } from "@/agents/self/carry";
import { createSelfChanges, type SelfChanges } from "@/agents/self/changes";
import { openSelfRepository, type SelfRepository } from "@/agents/self/repository";
import type { SelfSwitch } from "@/agents/self/switch";
import type { Servers } from "@/agents/servers/servers";
import type { Store } from "@/db/store";
import { hashOfProofLink } from "@/lib/auth/proof-link";
import { parseRunbook } from "@/lib/models/runbook/parse";
import { matchRunbook, runbookNamed } from "@/lib/models/runbook/select";
import type { SandboxPort } from "@/lib/sandbox/port";
import { rulesOf } from "@/lib/workspace/prepare";
import { type LoneServers, loneServers } from "./lone-servers";
import { openReadRuntime, type ReadRuntime, type ReadRuntimeOptions } from "./read-runtime";

export interface ActingOptions extends Omit<ReadRuntimeOptions, "findRunbook"> {
  /** Returns the servers of the process's own worker. Absent: they start when a command needs them. */
  servers?(): Promise<Servers>;
  /** Returns the worker's sandbox. Absent: it starts when a command needs it. */
  sandbox?(): Promise<SandboxPort>;
  report?(message: string, error?: unknown): void;
  /** Whether the process works on tasks; see SelfRepository. */
  isWorker?: boolean;
  /** Ends the process when each task has finished its turn. Absent: the process is not a server. */
  shutDown?(by: string): void;
  /** Absent or null without a launcher, which starts the server again. */
  restart?: ((by: string, restMs: number) => void) | null;
}

/** The application of a process, with the operations as methods for any actor. */
export interface WholeApplication extends Application {
  commands: Unbound<typeof operations>;
}

export interface Acting extends ReadRuntime {
  application: WholeApplication;
  /** Banyan's own source, and proposed changes of it. */
  self: {
    repository: SelfRepository;
    changes: SelfChanges;
    power: SelfSwitch;
    /** Puts an approved change on the release that runs. */
    carryOver(approved: Approved, signal: AbortSignal): ReturnType<typeof carryOver>;
  };
  /** What a look at faults needs. */
  looks: LookSources;
  /** What a look at flags needs. */
  flagLooks: FlagLookSources & { store: Store };
  /** What replays of ended trees need. */
  replays: ReplaySources;
  /** Restores a decrypted backup into its folder and resolves with what it holds. */
  prove: BucketSources["prove"];
}

/** Opens the database with queries and operations. Throws StoreError. */
export function openActing(options: ActingOptions): Acting {
  const { settings, checkout } = options;
  const readRuntime = openReadRuntime({ ...options, findRunbook });
  const { store, security, providers, models, configuration, queries, snapshots, backups } = readRuntime;
  const now = options.now ?? Date.now;
  // On the command line, servers and sandbox start only when a command needs them.
  let lone: Promise<LoneServers> | undefined;
  const alone = () => {
    lone ??= loneServers(options, store, security, configuration);
    return lone;
  };
  const servers = options.servers ?? (async () => (await alone()).servers);
  const sandbox = options.sandbox ?? (async () => (await alone()).sandbox);
  const self = openSelf(options, readRuntime);
  const prove = (file: string, folder: string) => proveBackup(file, folder, options.program);
  const { looks, flagLooks, replays } = ownWork(options, readRuntime, self.power);
  const application = applicationOf(options, readRuntime, {
    self,
    looks,
    trialReplays: settings.trialReplays,
    webhooks: readRuntime.webhooks,
    store,
    security,
    configuration,
    findRunbook,
    queries,
    dataDir: settings.dataDir,
    checkout,
    providers,
    now,
    snapshots,
    backups,
    keyPaths: security.keyPaths,
    hiddenPathsOf: (workspace) => rulesOf(workspace, settings.dataDir, checkout, security.keyPaths).hiddenPaths,
    models,
    priceOf: models.priceOf,
    servers,
    cloneWorkspace: createCloneWorkspace({ sandbox, settings, vault: security.vault, self, program: options.program }),
    forges: createForgeAccess({
      configured: settings.forges,
      privateHosts: settings.privateHosts,
      secret: (name) => security.vault.get(name),
      now,
    }),
    openRepository: createOpenRepository({ settings, vault: security.vault, self }),
    program: options.program,
    shutDown: options.shutDown,
    restart: options.restart ?? null,
    workspaceRoots: settings.workspaceRoots,
    maxWorkspaceBytes: settings.maxWorkspaceBytes,
    maxDbBytes: settings.maxDbBytes,
    gitBranches: settings.gitBranches,
    dailyCaps: settings.dailyCaps,
    backupSettings: settings.backups,
    prove,
    retentionSettings: settings.retention,
    runners: settings.runners,
    version: options.version,
  });
  return {
    ...readRuntime,
    self,
    looks,
    flagLooks,
    replays,
    prove,
    application,
    async close() {
      await lone?.then((own) => own.close());
      await readRuntime.close();
    },
  };
}

/** Returns what people can ask and do. */
function applicationOf(options: ActingOptions, readRuntime: ReadRuntime, sources: CommandSources): WholeApplication {
  const { queries, live, store } = readRuntime;
  const audit = auditSources(options, readRuntime);
  const operator = openOperations(sources, audit);
  return {
    queries,
    commands: unbound(operations, operator),
    operations: operator,
    live,
    sharedProof(secret) {
      const hash = hashOfProofLink(secret);
      return hash === null ? null : store.sharedProofs.open(hash, sources.now());
    },
    auditRefusal: (actor, action, why) => auditRefusal(actor, action, why, audit),
  };
}

function auditSources({ report, now = Date.now }: ActingOptions, { store, security }: ReadRuntime): AuditSources {
  return {
    append: store.audit.append,
    find: createSubjectFinder(store, createIds(store), now),
    redact: security.redactor.redact,
    report: report ?? (() => {}),
  };
}

/** What Banyan needs for the trees that it opens by itself. */
function ownWork(
  { settings, checkout, now = Date.now }: ActingOptions,
  { store, providers, models, configuration, snapshots }: ReadRuntime,
  power: SelfSwitch,
): Pick<Acting, "looks" | "flagLooks" | "replays"> {
  const { dataDir, trialReplays, flagReviewTokensPerDay: tokensPerDay } = settings;
  const { defaultModel } = providers;
  const looks = { store, configuration, power, dataDir, checkout, now, defaultModel, priceOf: models.priceOf };
  const flagLooks = { ...looks, snapshots, tokensPerDay };
  return { looks, flagLooks, replays: { ...looks, snapshots, trialReplays } };
}

/** Banyan's own source, and proposed changes of it. */
function openSelf(
  { settings, program, source = program, checkout, isWorker = false }: ActingOptions,
  readRuntime: ReadRuntime,
): Acting["self"] {
  const { dataDir, databaseFile } = settings;
  const { snapshots, selfPower: power, gateLimit: limit } = readRuntime;
  const history = source === program ? checkout : source;
  const repository = openSelfRepository({ dataDir, databaseFile, program: source, checkout: history, isWorker });
  const isFirstEnough = () => readRuntime.store.selfReleases.status()?.runs_whole_gates === true;
  const sources = { dataDir, program, repository, power, limit, isFirstEnough };
  return {
    repository,
    power,
    changes: createSelfChanges({ ...sources, snapshots }),
    carryOver: (approved, signal) => carryOver(sources, approved, signal),
  };
}

/** Returns the runbook that an instruction names, or whose front matter fits it, or null. */
const findRunbook: RunbookFinder = (instruction, runbooks) => {
  const named = runbookNamed(instruction);
  if (named) return runbooks.some((runbook) => runbook.name === named.name) ? named.name : null;
  const parsed = runbooks.flatMap(({ text }) => {
    const result = parseRunbook(text);
    return result.runbook ? [result.runbook] : [];
  });
  return matchRunbook(instruction, parsed)?.name ?? null;
};
