/** The interface of the database for the rest of the system: asynchronous, each method atomic, no SQL outside this folder. */
import { createSelfReleases, type SelfReleases } from "@/db/records/self-releases";
import type { DailyCaps } from "@/lib/env/daily-caps";
import { type A2aStore, createA2aStore } from "./a2a/a2a";
import { createOutsideCalls, type OutsideCalls } from "./a2a/outside-calls";
import { type Audit, createAudit } from "./audit/audit";
import { createMeasurements, type Measurements } from "./audit/measurements";
import { createFirstRequests, type FirstRequests } from "./capabilities/first-requests";
import { createSpokenProtocols, type SpokenProtocols } from "./capabilities/spoken-protocols";
import { type ConfigurationStore, createConfigurationStore } from "./configuration/configuration";
import { createProposals, type Proposals } from "./configuration/proposals";
import { createProviderAddresses, type ProviderAddresses } from "./configuration/provider-addresses";
import { createReplays, type Replays } from "./configuration/replays";
import { createTemplates, type Templates } from "./configuration/templates";
import { createToolStates, type ToolStates } from "./configuration/tool-states";
import { createTrials, type Trials } from "./configuration/trials";
import { createEnvironments, type Environments } from "./environments/environments";
import { createEvolutions, type Evolutions } from "./evolution/evolution";
import { type Client, type OpenOptions, openClient } from "./file/client";
import { createInstallation, type Installation } from "./file/installation";
import { steadyMs } from "./file/steady-clock";
import { createForges, type Forges } from "./forges/forges";
import { createGovernorStore, type GovernorStore } from "./governor/governor";
import { createFailures, type FailureStore } from "./improvement/failures";
import { createFaults, type Faults } from "./improvement/faults";
import { createFlagLooks, type FlagLooks } from "./improvement/flag-looks";
import { createLooks, type Looks } from "./improvement/looks";
import { createHalts, type Halts } from "./log/halt";
import { createLoader, type Loader } from "./log/load";
import { createLog, type Log } from "./log/log";
import { createStarts, type Starts } from "./log/starts";
import { createWorkers, type Workers } from "./log/workers";
import { createLessons, type Lessons } from "./memory/lessons";
import { type Answers, createAnswers } from "./people/answers";
import { createPeople, type People } from "./people/people";
import { createSecrets, type Secrets } from "./people/secrets";
import { createInsights, type Insights } from "./projects/insights";
import { createProjects, type Projects } from "./projects/projects";
import { createPromotions, type Promotions } from "./promotions/promotions";
import { type Attachments, createAttachments } from "./records/attachments";
import { type BackupRecords, createBackupRecords } from "./records/backup-record";
import { type BucketRecords, createBucketRecords } from "./records/bucket-record";
import { NO_DAILY_CAPS } from "./records/daily-spend";
import { createGateRuns, type GateRuns } from "./records/gate-runs";
import { createOutputs, type Outputs } from "./records/outputs";
import { createRetentionRecords, type RetentionRecords } from "./records/retention-record";
import { createSelfSwitchStore, type SelfSwitchStore } from "./records/self-switch";
import { createSpendCaps, type SpendCapStore } from "./records/spend-caps";
import { type Comments, createComments } from "./reviews/comments";
import { createDecisions, type Decisions } from "./reviews/decisions";
import { createDirectors, type Directors } from "./reviews/directors";
import { createInterventions, type Interventions } from "./reviews/interventions";
import { createRules, type Rules } from "./reviews/rules";
import { createSeedProposals, type SeedProposals } from "./reviews/seed-proposals";
import { type Checks, createChecks } from "./runners/checks";
import { createPlaces, type Places } from "./runners/places";
import { createSchedules, type Schedules } from "./schedules/schedules";
import { openQueries, type StoreQueries } from "./store-queries";
import { createTraceRecords, type TraceRecords } from "./traces/trace-record";
import { createTraceRows, type TraceRows } from "./traces/trace-rows";
import { type ArchivedTrees, createArchivedTrees } from "./trees/archive-writer";
import { type ArchivedRows, createArchivedRows } from "./trees/archived-rows";
import { createForks, type Forks } from "./trees/forks";
import { createKeptTrees, type KeptTrees } from "./trees/kept-trees";
import { createLoans, type Loans } from "./trees/loans";
import { createPersonVerdicts, type PersonVerdicts } from "./trees/person-verdicts";
import { createRetentionTrees, type RetentionTrees } from "./trees/retention";
import { createSearch, type Search } from "./trees/search";
import { createSeen, type Seen } from "./trees/seen-failures";
import { createSharedProofs, type SharedProofs } from "./trees/shared-proofs";
import { createSupervision, type Supervision } from "./trees/supervision";
import { createTaintedFolders, type TaintedFolders } from "./trees/tainted-folders";
import { createTrees, type Trees } from "./trees/trees";
import { createMailStore, type MailStore } from "./webhooks/mail";
import { createWebhooks, type Webhooks } from "./webhooks/webhooks";

/** The log, and the processes that work on it. */
interface RunningParts {
  /** The file. Only this folder writes SQL. */
  client: Client;
  /** The one way to write: transactions in a queue, and news of each commit. */
  log: Log;
  /** Reads what a turn needs: the log of a task, letters, relatives, limits. */
  loader: Loader;
  /** Processes that hold leases. */
  workers: Workers;
  /** The newest starts and stops of servers. */
  starts: Starts;
  /** The pause of everything. */
  halts: Halts;
  /** Limits of the machine, and what happened at them. */
  governor: GovernorStore;
  /** Whether the file can be written, and by which version. */
  installation: Installation;
}

/** Trees, their tasks, and what tasks leave. */
interface TreeParts {
  /** What people and the runtime do to trees: each method is one transaction. */
  trees: Trees;
  /** Reads a tree up to a message, and writes the copy. */
  forks: Forks;
  /** Loans of grants between tasks of a tree. */
  loans: Loans;
  /** Finds and repairs what the supervisor looks for. */
  supervision: Supervision;
  /** The index of texts. */
  search: Search;
  /** Failures that a person has seen. */
  seen: Seen;
  /** Which of two trees a person kept. */
  keptTrees: KeptTrees;
  /** Folders of persons with content from outside that no tree tells of. */
  taintedFolders: TaintedFolders;
  /** Proofs that people share by link. */
  sharedProofs: SharedProofs;
  /** What people say about results. */
  personVerdicts: PersonVerdicts;
  /** Long outputs of calls. */
  outputs: Outputs;
  /** Files in responses of calls. */
  attachments: Attachments;
  /** Which trees work on runners, and where. */
  places: Places;
  /** Which trees are checked on runners. */
  checks: Checks;
  /** Repositories that Banyan looks after. */
  projects: Projects;
  forges: Forges;
  evolutions: Evolutions;
  /** Where commits of projects run, so that people can use them. */
  environments: Environments;
  /** How commits go to targets, such as production. */
  promotions: Promotions;
  /** What is worth doing in them. */
  insights: Insights;
  /** Submissions that repeat. */
  schedules: Schedules;
  /** Submissions that people saved. */
  templates: Templates;
}

/** Trees that have ended: retention and archives. */
interface EndedParts {
  /** The settings of retention, and what its last run did. */
  retention: RetentionRecords;
  /** Which trees may go, and their removal. */
  retentionTrees: RetentionTrees;
  /** Reads the rows of a tree for an archive. */
  archivedRows: ArchivedRows;
  /** Writes trees that come from an archive. */
  archivedTrees: ArchivedTrees;
}

/** Items that wait for a person, and rules that decide some of them. */
interface ReviewParts {
  /** Decides and answers items; adds and changes rules, with what they decide. */
  decisions: Decisions;
  /** Rules that approve calls. */
  rules: Rules;
  /** What people wrote at an item. */
  comments: Comments;
  /** Who directed a tree. */
  directors: Directors;
  /** What the supervisor did. */
  interventions: Interventions;
  /** Proposals that come with a release. */
  seedProposals: SeedProposals;
}

/** Agents, documents, tools and runbooks, and how they change. */
interface ConfigurationParts {
  /** The live entries and all of their versions. */
  configuration: ConfigurationStore;
  /** Changes that agents propose. */
  proposals: Proposals;
  /** Approved versions that only some new trees use. */
  trials: Trials;
  /** Ended trees that a new version runs again. */
  replays: Replays;
  /** The history of tools, and why one is held back. */
  toolStates: ToolStates;
  /** Where model providers are reached. */
  providerAddresses: ProviderAddresses;
}

/** People, and what is kept for them. */
interface PeopleParts {
  /** Users, sessions and tokens. */
  people: People;
  /** Encrypted values of the vault. */
  secrets: Secrets;
  /** Answers to requests that may be repeated. */
  answers: Answers;
  /** Who did what, each row with the hash of the one before. */
  audit: Audit;
}

/** Messages to and from others. */
interface OutsideParts {
  /** Trees that other agents and MCP clients own. */
  a2a: A2aStore;
  /** Messages to outside agents. */
  outsideCalls: OutsideCalls;
  /** Webhooks and their messages. */
  webhooks: Webhooks;
  /** How e-mail is sent. */
  mail: MailStore;
  firstRequests: FirstRequests;
  spokenProtocols: SpokenProtocols;
  /** The log as spans need it, and how far it was sent to the collector of traces. */
  traces: TraceRows & TraceRecords;
}

/** What Banyan keeps of itself: its improvement, releases, backups and figures. */
interface OwnParts {
  /** Failures of tasks, by the kinds of the taxonomy. */
  failures: FailureStore;
  /** Faults of tasks, by cause. */
  faults: Faults;
  /** The review agent’s looks at faults. */
  looks: Looks;
  /** Lessons, to whom they were shown, and what came of it. */
  lessons: Lessons;
  /** Its looks at flags. */
  flagLooks: FlagLooks;
  /** Whether agents may propose changes of Banyan’s code. */
  selfSwitch: SelfSwitchStore;
  /** Releases, as the launcher tells of them. */
  selfReleases: SelfReleases;
  /** Full runs of the gates on a day. */
  gateRuns: GateRuns;
  /** Backups, and their schedule. */
  backups: BackupRecords;
  /** Their copies in a bucket. */
  bucket: BucketRecords;
  /** Caps on money that people set. */
  spendCaps: SpendCapStore;
  /** Figures of the machine, one row per minute, and how long pages took. */
  measurements: Measurements;
}

/** Each part is one noun with its own interface, first in its file. Code that needs a part names it: `Pick<Store, "trees">`. */
export interface Store
  extends RunningParts,
    TreeParts,
    EndedParts,
    ReviewParts,
    ConfigurationParts,
    PeopleParts,
    OutsideParts,
    OwnParts {
  queries: StoreQueries;
  /** Waits for queued writes, then closes the file. */
  close(): Promise<void>;
}

export interface StoreOptions extends OpenOptions {
  now?: () => number;
  /** The clock that counts the seconds of grants; default: `now` when given, else db/file/steady-clock.ts. */
  steady?: () => number;
  /** Most leases in the whole database. */
  maxConcurrent?: () => number;
  /** Spending limits per day, over all trees. */
  dailyCaps?: DailyCaps;
}

/** Throws StoreError. */
export function openStore(file: string, options: StoreOptions): Store {
  const client = openClient(file, options);
  const log = createLog(client, {
    now: options.now ?? Date.now,
    steady: options.steady ?? options.now ?? steadyMs,
    maxConcurrent: options.maxConcurrent ?? (() => Number.MAX_SAFE_INTEGER),
    dailyCaps: options.dailyCaps ?? NO_DAILY_CAPS,
  });
  const halts = createHalts(client.sqlite, log);
  const trees = createTrees(client.sqlite, log);
  const traces = { ...createTraceRows(client.sqlite), ...createTraceRecords(client.sqlite, log) };
  return {
    client,
    a2a: createA2aStore(client.sqlite, log),
    outsideCalls: createOutsideCalls(client.sqlite, log),
    log,
    loader: createLoader(client.sqlite, options.dailyCaps, log.glance),
    configuration: createConfigurationStore(client.sqlite, log),
    trees,
    directors: createDirectors(client.sqlite),
    decisions: createDecisions(client.sqlite, log),
    rules: createRules(client.sqlite, log),
    failures: createFailures(client.sqlite, log),
    faults: createFaults(client.sqlite, log),
    looks: createLooks(client.sqlite, log),
    lessons: createLessons(client.sqlite, log),
    flagLooks: createFlagLooks(client.sqlite, log),
    forks: createForks(client.sqlite, log),
    governor: createGovernorStore(client.sqlite, log, halts),
    halts,
    installation: createInstallation(client, log),
    interventions: createInterventions(client.sqlite, log),
    measurements: createMeasurements(client.sqlite, log),
    outputs: createOutputs(client.sqlite),
    attachments: createAttachments(client.sqlite),
    proposals: createProposals(client.sqlite, log),
    trials: createTrials(client.sqlite, log),
    replays: createReplays(client.sqlite, log),
    seedProposals: createSeedProposals(client.sqlite, log),
    personVerdicts: createPersonVerdicts(client.sqlite, log),
    toolStates: createToolStates(client.sqlite, log),
    loans: createLoans(client.sqlite, log),
    places: createPlaces(client.sqlite, log),
    checks: createChecks(client.sqlite, log),
    supervision: createSupervision(client.sqlite, log),
    workers: createWorkers(client.sqlite, log, traces),
    search: createSearch(client.sqlite, log),
    people: createPeople(client.sqlite, log, options.now ?? Date.now),
    secrets: createSecrets(client.sqlite, log),
    projects: createProjects(client.sqlite, log),
    forges: createForges(client.sqlite, log),
    evolutions: createEvolutions(client.sqlite, log),
    environments: createEnvironments(client.sqlite, log),
    promotions: createPromotions(client.sqlite, log),
    insights: createInsights(client.sqlite, log),
    schedules: createSchedules(client.sqlite, log),
    sharedProofs: createSharedProofs(client.sqlite, log),
    seen: createSeen(client.sqlite, log),
    keptTrees: createKeptTrees(client.sqlite, log),
    taintedFolders: createTaintedFolders(client.sqlite, log),
    templates: createTemplates(client.sqlite, log),
    providerAddresses: createProviderAddresses(client.sqlite, log),
    spendCaps: createSpendCaps(client.sqlite, log),
    selfSwitch: createSelfSwitchStore(client.sqlite, log),
    selfReleases: createSelfReleases(client.sqlite, log),
    gateRuns: createGateRuns(client.sqlite, log),
    backups: createBackupRecords(client.sqlite, log),
    bucket: createBucketRecords(client.sqlite, log),
    ...openRetention(client.sqlite, log, trees),
    audit: createAudit(client.sqlite, log),
    starts: createStarts(client.sqlite, log),
    answers: createAnswers(client.sqlite, log, options.now ?? Date.now),
    comments: createComments(client.sqlite, log),
    webhooks: createWebhooks(client.sqlite, log),
    mail: createMailStore(client.sqlite, log),
    firstRequests: createFirstRequests(client.sqlite, log),
    spokenProtocols: createSpokenProtocols(client.sqlite, log),
    traces,
    queries: openQueries(client, halts),
    async close() {
      log.giveUp();
      await log.drain();
      client.close();
    },
  };
}

/** Trees that have ended: retention and archives. */
function openRetention(sqlite: Client["sqlite"], log: Log, trees: Trees): EndedParts {
  return {
    retention: createRetentionRecords(sqlite, log),
    retentionTrees: createRetentionTrees(sqlite, log, trees),
    archivedRows: createArchivedRows(sqlite),
    archivedTrees: createArchivedTrees(sqlite, log),
  };
}
