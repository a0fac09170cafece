/** A simulated process: its own database connection and the real worker; it can be killed at any commit. */
import type { WholeApplication } from "@/agents/boot/acting";
import { openOperations } from "@/agents/commands/open";
import { operations } from "@/agents/commands/operations";
import type { CommandSources } from "@/agents/commands/world/sources";
import { type Configuration, createConfiguration } from "@/agents/configuration/configuration";
import { createSecurity } from "@/agents/configuration/security";
import { createForgeAccess } from "@/agents/forges/access";
import { createLessonFinding } from "@/agents/memory/find";
import { unbound } from "@/agents/operations/perform";
import { createProviderParks } from "@/agents/providers/parks";
import { createProviders } from "@/agents/providers/providers";
import { NO_PLACES } from "@/agents/runners/places";
import { createSelfSwitch } from "@/agents/self/switch";
import { NO_SERVERS } from "@/agents/servers/server-calls";
import { type Catalogue, createCatalogue } from "@/agents/tools/catalogue";
import { connectTools, type ToolClient } from "@/agents/tools/server";
import { NO_SELF } from "@/agents/tools/world-tools";
import { createCallCheck } from "@/agents/turn/call-check";
import type { WorkerWorld, World } from "@/agents/turn/world";
import { startWorker, type Worker } from "@/agents/worker/worker";
import { preventionsFor } from "@/core/failures/preventions";
import type { ModelPort } from "@/core/log/model";
import { createCounts } from "@/core/metrics/counts";
import { timesOf } from "@/core/plans/estimates";
import { createLiveBackups } from "@/db/file/live-backup";
import { openStore, type Store } from "@/db/store";
import { type DailyCaps, dailyCapsOf } from "@/lib/env/daily-caps";
import { openKnownModels } from "@/lib/models/known-models";
import type { SandboxPort } from "@/lib/sandbox/port";
import { createRedactor } from "@/lib/secrets/redact";
import { NO_TERMINALS } from "@/lib/terminals/none";
import { NO_CHECKS } from "@/lib/workplace/checks";
import { localWorkplaces } from "@/lib/workplace/local/local";
import { NO_AUDIT } from "../no-audit";
import type { Owner, SimulatedClock } from "./clock";
import type { Random } from "./random";
import { simulatedSnapshots } from "./snapshots";
import type { Tally } from "./tally";
import { SIMULATED_TOOLS } from "./tools";

export interface ProcessOptions {
  number: number;
  file: string;
  dataDir: string;
  clock: SimulatedClock;
  random: Random;
  tally: Tally;
  maxConcurrent: number;
  slots: number;
  contextTokens: number;
  limits: World["limits"];
  /** How long questions and approvals wait, and the answer after that. */
  asking: { askTimeoutMs: number | null; askDefault: string | null };
  dailyCaps: DailyCaps;
  /** Whether others see immediately that a process is dead, or only by its missing heartbeat. */
  deathsAreSeen: boolean;
  isDead(number: number): boolean;
  models(owner: Owner): ModelPort;
  tools: ((owner: Owner) => Omit<ToolClient, "settle">) | ((owner: Owner) => Promise<OwnTools>);
  /** Whether the runtime may report this error, because the run has caused it; absent: only simulated faults. */
  expects?(error: unknown): boolean;
}

/** Tools that a run brings itself, with the client that calls them. */
export interface OwnTools {
  catalogue: Catalogue;
  client: ToolClient;
}

export interface SimulatedProcess {
  number: number;
  owner: Owner;
  store: Store;
  commands: WholeApplication["commands"];
  worker: Worker | null;
  kill(): void;
  /** Resolves when it is killed. */
  died: Promise<void>;
}

const CATALOGUE = createCatalogue(SIMULATED_TOOLS);
/** Core tools have no effect outside the record, so the real client runs them. */
const CORE_TOOLS = await connectTools(CATALOGUE, "simulated");

/** The switch of self-modification, and the review agent's looks, for which there is no model. */
function switched({ dataDir, clock }: ProcessOptions, store: Store, configuration: Configuration) {
  const power = createSelfSwitch(dataDir, store.selfSwitch);
  const looks = { store, configuration, power, dataDir, checkout: process.cwd(), now: clock.now };
  const asked = { ...looks, defaultModel: () => "runbook", priceOf: () => 1 };
  return { self: { ...NO_SELF, power }, looks: asked, trialReplays: 0 };
}

/** Neither backups nor retention run on their own. */
const UNSET = {
  backupSettings: { everyMs: null, keep: null },
  prove: () => Promise.reject(new Error("There is no bucket here.")),
  space: { read: async () => [] },
  runners: { nats: [], ca: null, pool: null },
  retentionSettings: { days: null, megabytes: null, keepsGoals: null },
  version: "simulated",
};

export function openProcess(options: ProcessOptions): SimulatedProcess {
  const { clock, file, dataDir, maxConcurrent } = options;
  const owner: Owner = { life: "alive", held: [], thawedAtMs: 0 };
  const store = openStore(file, {
    migrations: "drizzle",
    migrate: false,
    synchronous: "NORMAL",
    now: clock.now,
    maxConcurrent: () => maxConcurrent,
    dailyCaps: options.dailyCaps,
  });
  // The simulation kills processes, not the machine.
  store.client.sqlite.pragma("synchronous = OFF");
  const configuration = createConfiguration(store.configuration, {
    defaultTimeoutMs: options.limits.defaultTimeoutMs,
    ...options.asking,
    findRunbook: () => null,
  });
  const settings = { keyFile: `${dataDir}-keys.json`, secretKey: null, knownValues: [], dataDir, launcherHomes: [] };
  const security = createSecurity({ store, settings, checkout: process.cwd() });
  const commands = commandsOf({
    store,
    ...switched(options, store, configuration),
    security,
    webhooks: {
      store,
      settings: { webhook: null, mail: null, privateHosts: [], tracing: null, dailyCaps: dailyCapsOf({}) },
      secret: () => null,
      now: clock.now,
    },
    configuration,
    findRunbook: () => null,
    queries: {
      getGoal: async () => null,
      getTree: async (id) => store.queries.trees.getTree(id, "none", clock.now()),
      getProof: () => Promise.reject(new Error("Nobody shares a proof in the simulation.")),
      previewServers: () => Promise.reject(new Error("Nobody adds servers in the simulation.")),
    },
    dataDir,
    checkout: process.cwd(),
    providers: createProviders({
      settings: { providers: {}, wantedModel: "anthropic/simulated" },
      vault: security.vault,
      addresses: store.providerAddresses,
    }),
    priceOf: () => 1,
    models: openKnownModels(dataDir, { access: () => ({}), now: clock.now }),
    snapshots: simulatedSnapshots(),
    keyPaths: [],
    hiddenPathsOf: () => [],
    cloneWorkspace: () => Promise.reject(new Error("There are no repositories in the simulation.")),
    forges: createForgeAccess({ configured: [], privateHosts: [], secret: () => null, now: clock.now }),
    openRepository: () => Promise.reject(new Error("There are no repositories in the simulation.")),
    program: process.cwd(),
    workspaceRoots: [],
    maxWorkspaceBytes: 1_000_000,
    servers: () => Promise.reject(new Error("There are no servers in the simulation.")),
    now: clock.now,
    maxDbBytes: null,
    dailyCaps: options.dailyCaps,
    backups: createLiveBackups({ database: file, dataDir, program: process.cwd(), now: clock.now }),
    ...UNSET,
  });
  let onDeath = () => {};
  const died = new Promise<void>((resolve) => {
    onDeath = resolve;
  });
  return {
    died,
    number: options.number,
    owner,
    store,
    commands,
    worker: null,
    kill() {
      endOwner(owner, clock);
      onDeath();
      // Stops the log from claiming tasks later, in a closed file.
      store.log.setClaimer(null);
      store.client.close();
    },
  };
}

function commandsOf(sources: CommandSources): SimulatedProcess["commands"] {
  return unbound(operations, openOperations(sources, NO_AUDIT));
}

function endOwner(owner: Owner, clock: SimulatedClock): void {
  owner.life = "dead";
  owner.held = [];
  clock.forget(owner);
}

const NO_SANDBOX: SandboxPort = {
  status: async () => ({ available: false, reason: "There is none in the simulation." }),
  run: () => Promise.reject(new Error("There is no sandbox in the simulation.")),
  start: () => Promise.reject(new Error("There is no sandbox in the simulation.")),
};

export async function startProcess(options: ProcessOptions): Promise<SimulatedProcess> {
  const opened = openProcess(options);
  const { store, owner } = opened;
  const { clock, tally, number } = options;
  const { catalogue, client: tools } = await toolsOf(options, opened);
  const configuration = createConfiguration(store.configuration, {
    defaultTimeoutMs: options.limits.defaultTimeoutMs,
    ...options.asking,
    findRunbook: () => null,
  });
  const snapshots = simulatedSnapshots();
  const world: WorkerWorld = {
    now: clock.now,
    random: options.random.next,
    timers: clock.timersOf(owner),
    turnstile: async () => {},
    log: { ...store.log, append: watchedAppend(store, tally) },
    loader: store.loader,
    attachments: store.attachments,
    configuration,
    models: options.models(owner),
    counts: createCounts(),
    modelGateway: { open: () => Promise.reject(new Error("There is no model gateway in the simulation.")) },
    parks: createProviderParks(() => ({})),
    costOf: (_model, usage) => usage.inputTokens + 5 * usage.outputTokens,
    isUnpriced: () => false,
    limitsOf: () => limitsWithin(options),
    catalogue,
    capabilities: { list: async () => ({ items: [], problems: [] }), find: async () => [], gaps: async () => [] },
    lessons: createLessonFinding(store.lessons),
    wasServerUsed: store.queries.tools.wasServerUsed,
    callCheck: createCallCheck({ catalogue, configuration, quarantineOf: store.toolStates.quarantineOf }),
    servers: NO_SERVERS,
    redactor: createRedactor({ values: () => [] }),
    programs: { endOfTask: async () => {}, endOf: async () => {}, endAll: async () => {} },
    tools,
    snapshots,
    places: NO_PLACES,
    checks: NO_CHECKS,
    workplaces: localWorkplaces({ sandbox: NO_SANDBOX, terminals: NO_TERMINALS, snapshots }),
    self: NO_SELF,
    lookOf: () => null,
    preventionsFor: (treeUid, agent) => preventionsFor(store.failures.timesFor({ treeUid, agent }, clock.now())),
    spentBelow: store.queries.goals.spentBelow,
    unitTimes: (treeUid) => timesOf(store.queries.goals.finishedUnits({ treeUid })),
    startOf: store.forks.startOf,
    filesAreThere: store.forks.filesAreThere,
    loans: store.loans,
    limits: options.limits,
    rulesOf: () => ({ hiddenPaths: [], isReadOnly: false }),
    linkedGitOf: () => null,
    refusalOf: () => null,
    ownFolderOf: (_tree, task) => `/nowhere/${task}`,
    cacheDirOf: () => options.dataDir,
    activities: { begin: () => ({ write: () => {}, report: () => {}, end: () => {} }) },
  };
  opened.worker = await startWorker(world, store, {
    role: "worker",
    identity: { pid: number, pidNamespace: "simulated", processStart: "0", bootId: "simulated", launch: null },
    slots: options.slots,
    pollMs: 5_000,
    heartbeatMs: 5_000,
    monotonic: clock.monotonic,
    liveness: (identity) => (options.deathsAreSeen ? (options.isDead(identity.pid) ? "dead" : "alive") : "unknown"),
    report(message, error) {
      if (
        owner.life === "dead" ||
        options.expects?.(error) ||
        /simulated fault/.test(String((error as Error)?.message))
      )
        return;
      tally.broken(`${message} ${(error as Error)?.stack ?? ""}`);
    },
  });
  return opened;
}

function limitsWithin({ contextTokens }: ProcessOptions): ReturnType<World["limitsOf"]> {
  const output = { maxOutputTokens: 500, outputTokens: 500 };
  return { contextTokens, compactTokens: contextTokens, ...output, silentMs: 120_000, isLocal: false };
}

async function toolsOf(options: ProcessOptions, process: SimulatedProcess): Promise<OwnTools> {
  const made = await options.tools(process.owner);
  if ("catalogue" in made) return { ...made, client: untilDeath(made.client, process) };
  return { catalogue: CATALOGUE, client: { ...made, settle: CORE_TOOLS.settle } };
}

/**
 * Leaves calls of a killed process without an answer, and removes them: each open call of the client has a timer, which
 * would keep the dead process in memory for weeks.
 */
function untilDeath(client: ToolClient, { owner, died }: SimulatedProcess): ToolClient {
  void died.then(() => client.close());
  return {
    ...client,
    call: (...given) =>
      new Promise((resolve, reject) => {
        client.call(...given).then(
          (outcome) => owner.life !== "dead" && resolve(outcome),
          (error: unknown) => owner.life !== "dead" && reject(error),
        );
      }),
  };
}

/** I4: every accepted record comes from the holder of the current lease. */
function watchedAppend({ log, client }: Store, tally: Tally): Store["log"]["append"] {
  const select = client.sqlite.prepare("SELECT lease FROM tasks WHERE id = ?").pluck();
  return async (record) => {
    const result = await log.append(record);
    if (!result.ok) tally.hit("a late write is refused");
    else if (!record.leaseEnd && client.sqlite.open && select.get(record.task.id) !== record.lease)
      tally.broken(`I4: ${record.task.uid} was written under the lease ${record.lease}, which is over.`);
    return result;
  };
}
