/** The interface of the database for the rest of the system: asynchronous, each method atomic, no SQL outside this folder. */

import { createSelfReleases, type SelfReleases } from "@/db/records/self-releases";
import type { DailyCaps } from "@/lib/env/daily-caps";
import { type A2aStore, createA2aStore } from "./a2a/a2a";
import { createOutsideCalls, type OutsideCalls } from "./a2a/outside-calls";
import { type Audit, createAudit } from "./audit/audit";
import { createMeasurements, type Measurements } from "./audit/measurements";
import { createFigureQueries, type FigureQueries } from "./capabilities/figures";
import { type ConfigurationStore, createConfigurationStore } from "./configuration/configuration";
import { createProposals, type Proposals } from "./configuration/proposals";
import { createProviderAddresses, type ProviderAddresses } from "./configuration/provider-addresses";
import { createReplays, type Replays } from "./configuration/replays";
import { createTemplates, type Templates } from "./configuration/templates";
import { createToolStates, type ToolStates } from "./configuration/tool-states";
import { createTrials, type Trials } from "./configuration/trials";
import { type Client, type OpenOptions, openClient } from "./file/client";
import { createInstallation, type Installation } from "./file/installation";
import { steadyMs } from "./file/steady-clock";
import { createGovernorStore, type GovernorStore } from "./governor/governor";
import { createFaults, type Faults } from "./improvement/faults";
import { createFlagLooks, type FlagLooks } from "./improvement/flag-looks";
import { createLooks, type Looks } from "./improvement/looks";
import { createHalts, type Halts } from "./log/halt";
import { createLoader, type Loader } from "./log/load";
import { createLog, type Log } from "./log/log";
import { createStarts, type Starts } from "./log/starts";
import { createWorkers, type Workers } from "./log/workers";
import { type Answers, createAnswers } from "./people/answers";
import { createPeople, type People } from "./people/people";
import { createSecrets, type Secrets } from "./people/secrets";
import { createDecidedQueries, type DecidedQueries } from "./queries/decided";
import { createEntryQueries, type EntryQueries } from "./queries/entries";
import { createFailedTaskQueries, type FailedTaskQueries } from "./queries/failed-tasks";
import { createFileQueries, type FileQueries } from "./queries/files";
import { createFindingQueries, type FindingQueries } from "./queries/finding";
import { createFolderQueries, type FolderQueries } from "./queries/folders";
import { createForkQueries, type ForkQueries } from "./queries/forks";
import { createGoalQueries, type GoalQueries } from "./queries/goals";
import { createMessageQueries, type MessageQueries } from "./queries/messages";
import { createModelUseQueries, type ModelUseQueries } from "./queries/model-use";
import { createOperationsQueries, type OperationsQueries } from "./queries/operations";
import { createReviewQueries, type ReviewQueries } from "./queries/reviews";
import { createSetupQueries, type SetupQueries } from "./queries/setups";
import { createStatusQueries, type StatusQueries } from "./queries/status";
import { createTimelineQueries, type TimelineQueries } from "./queries/timeline";
import { createToolQueries, type ToolQueries } from "./queries/tools";
import { createTreeQueries, type TreeQueries } from "./queries/trees";
import { type Attachments, createAttachments } from "./records/attachments";
import { type BackupRecords, createBackupRecords } from "./records/backup-record";
import { NO_DAILY_CAPS } from "./records/daily-spend";
import { createGateRuns, type GateRuns } from "./records/gate-runs";
import { createOutputs, type Outputs } from "./records/outputs";
import { createRetentionRecords, type RetentionRecords } from "./records/retention-record";
import { createSelfSwitchStore, type SelfSwitchStore } from "./records/self-switch";
import { createSpendCaps, type SpendCapStore } from "./records/spend-caps";
import { type Comments, createComments } from "./reviews/comments";
import { createDecisions, type Decisions } from "./reviews/decisions";
import { createDirectors } from "./reviews/directors";
import { createInterventions, type Interventions } from "./reviews/interventions";
import { createRules, type Rules } from "./reviews/rules";
import { createSeedProposals, type SeedProposals } from "./reviews/seed-proposals";
import { createSchedules, type Schedules } from "./schedules/schedules";
import { type ArchivedTrees, createArchivedTrees } from "./trees/archive-writer";
import { type ArchivedRows, createArchivedRows } from "./trees/archived-rows";
import { createForks, type Forks } from "./trees/forks";
import { createLoans, type Loans } from "./trees/loans";
import { createPersonVerdicts, type PersonVerdicts } from "./trees/person-verdicts";
import { createRetentionTrees, type RetentionTrees } from "./trees/retention";
import { createSearch, type Search } from "./trees/search";
import { createSeen, type Seen } from "./trees/seen";
import { createSupervision, type Supervision } from "./trees/supervision";
import { createTrees, type Trees } from "./trees/trees";
import { createMailStore, type MailStore } from "./webhooks/mail";
import { createWebhooks, type Webhooks } from "./webhooks/webhooks";

export interface Store {
  client: Client;
  a2a: A2aStore;
  outsideCalls: OutsideCalls;
  log: Log;
  loader: Loader;
  configuration: ConfigurationStore;
  trees: Trees;
  directors: ReturnType<typeof createDirectors>;
  decisions: Decisions;
  rules: Rules;
  faults: Faults;
  looks: Looks;
  flagLooks: FlagLooks;
  forks: Forks;
  governor: GovernorStore;
  halts: Halts;
  installation: Installation;
  interventions: Interventions;
  measurements: Measurements;
  outputs: Outputs;
  attachments: Attachments;
  proposals: Proposals;
  trials: Trials;
  replays: Replays;
  seedProposals: SeedProposals;
  personVerdicts: PersonVerdicts;
  toolStates: ToolStates;
  supervision: Supervision;
  loans: Loans;
  workers: Workers;
  search: Search;
  people: People;
  secrets: Secrets;
  schedules: Schedules;
  seen: Seen;
  templates: Templates;
  providerAddresses: ProviderAddresses;
  spendCaps: SpendCapStore;
  selfSwitch: SelfSwitchStore;
  selfReleases: SelfReleases;
  gateRuns: GateRuns;
  backups: BackupRecords;
  retention: RetentionRecords;
  retentionTrees: RetentionTrees;
  archivedRows: ArchivedRows;
  archivedTrees: ArchivedTrees;
  audit: Audit;
  starts: Starts;
  answers: Answers;
  comments: Comments;
  webhooks: Webhooks;
  mail: MailStore;
  queries: {
    trees: TreeQueries;
    messages: MessageQueries;
    files: FileQueries;
    modelUse: ModelUseQueries;
    failedTasks: FailedTaskQueries;
    folders: FolderQueries;
    finding: FindingQueries;
    forks: ForkQueries;
    reviews: ReviewQueries;
    decided: DecidedQueries;
    setups: SetupQueries;
    status: StatusQueries;
    entries: EntryQueries;
    operations: OperationsQueries;
    tools: ToolQueries;
    figures: FigureQueries;
    timeline: TimelineQueries;
    goals: GoalQueries;
  };
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
    faults: createFaults(client.sqlite, log),
    looks: createLooks(client.sqlite, log),
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
    supervision: createSupervision(client.sqlite, log),
    workers: createWorkers(client.sqlite, log),
    search: createSearch(client.sqlite, log),
    people: createPeople(client.sqlite, log, options.now ?? Date.now),
    secrets: createSecrets(client.sqlite, log),
    schedules: createSchedules(client.sqlite, log),
    seen: createSeen(client.sqlite, log),
    templates: createTemplates(client.sqlite, log),
    providerAddresses: createProviderAddresses(client.sqlite, log),
    spendCaps: createSpendCaps(client.sqlite, log),
    selfSwitch: createSelfSwitchStore(client.sqlite, log),
    selfReleases: createSelfReleases(client.sqlite, log),
    gateRuns: createGateRuns(client.sqlite, log),
    backups: createBackupRecords(client.sqlite, log),
    retention: createRetentionRecords(client.sqlite, log),
    retentionTrees: createRetentionTrees(client.sqlite, log, trees),
    ...openArchives(client, log),
    audit: createAudit(client.sqlite, log),
    starts: createStarts(client.sqlite, log),
    answers: createAnswers(client.sqlite, log, options.now ?? Date.now),
    comments: createComments(client.sqlite, log),
    webhooks: createWebhooks(client.sqlite, log),
    mail: createMailStore(client.sqlite, log),
    queries: openQueries(client, halts),
    async close() {
      log.giveUp();
      await log.drain();
      client.close();
    },
  };
}

function openArchives({ sqlite }: Client, log: Log): Pick<Store, "archivedRows" | "archivedTrees"> {
  return { archivedRows: createArchivedRows(sqlite), archivedTrees: createArchivedTrees(sqlite, log) };
}

function openQueries(client: Client, halts: Halts): Store["queries"] {
  return {
    trees: createTreeQueries(client.sqlite, halts.current),
    messages: createMessageQueries(client.sqlite),
    files: createFileQueries(client.sqlite),
    modelUse: createModelUseQueries(client.sqlite),
    failedTasks: createFailedTaskQueries(client.sqlite),
    folders: createFolderQueries(client.sqlite),
    finding: createFindingQueries(client.sqlite),
    forks: createForkQueries(client.sqlite),
    reviews: createReviewQueries(client.sqlite),
    decided: createDecidedQueries(client.sqlite),
    setups: createSetupQueries(client.sqlite),
    status: createStatusQueries(client),
    timeline: createTimelineQueries(client.sqlite),
    goals: createGoalQueries(client.sqlite),
    entries: createEntryQueries(client.sqlite),
    operations: createOperationsQueries(client.sqlite),
    tools: createToolQueries(client.sqlite),
    figures: createFigureQueries(client.sqlite),
  };
}
