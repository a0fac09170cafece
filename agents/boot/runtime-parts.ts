import type { Configuration } from "@/agents/configuration/configuration";
import type { Security } from "@/agents/configuration/security";
import type { Governor } from "@/agents/governor/governor";
import type { ProviderSigns } from "@/agents/providers/signs";
import type { Cell } from "@/agents/runners/cell";
import type { TreeChecks } from "@/agents/runners/checks";
import type { RunnerPlaces } from "@/agents/runners/places";
import type { Servers } from "@/agents/servers/servers";
import type { Catalogue } from "@/agents/tools/catalogue";
import type { WorldTool } from "@/agents/tools/contract/tool";
import type { TreeSql } from "@/agents/tools/own-tree/tree-sql";
import type { ToolClient } from "@/agents/tools/server";
import type { TraceWatch } from "@/agents/traces/watch";
import type { WorkerWorld } from "@/agents/turn/world";
import type { OtherReceivers } from "@/agents/webhooks/sender";
import type { Supervisor } from "@/agents/worker/supervisor";
import type { Worker } from "@/agents/worker/worker";
import type { WorkerOptions } from "@/agents/worker/worker-context";
import type { A2aRecords } from "@/core/a2a/records";
import type { ModelPort } from "@/core/log/model";
import type { Counts } from "@/core/metrics/counts";
import type { Readings } from "@/core/rules/governor";
import type { OpenOptions } from "@/db/file/client";
import type { Store } from "@/db/store";
import type { Settings } from "@/lib/env";
import type { ModelGateway } from "@/lib/model-gateway/gateway";
import type { Monitor } from "@/lib/monitor/monitor";
import type { TakenBack } from "@/lib/process/launch";
import type { LauncherChannel } from "@/lib/process/launcher-channel";
import type { SandboxPort } from "@/lib/sandbox/port";
import type { createSandbox, SandboxOptions } from "@/lib/sandbox/sandbox";
import type { Terminals } from "@/lib/terminals/port";
import type { Checks } from "@/lib/time/checks";
import type { Timers } from "@/lib/time/timers";
import type { Workplaces } from "@/lib/workplace/port";
import type { Acting, WholeApplication } from "./acting";
import type { Live } from "./live";

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
  /** See SandboxOptions. */
  sandboxTested?: NonNullable<SandboxOptions["tested"]>;
  /** Replaces readings of the limits; for tests. */
  readings?(usual: Readings): Readings;
  report(message: string, error?: unknown): void;
  /** Ends the server when each task has finished its turn. Absent: the process is not a server. */
  shutDown?(by: string): void;
  /** Absent or null without a launcher, which starts the server again. */
  restart?: ((by: string, restMs: number) => void) | null;
}

interface StartOptions extends Partial<WorkerOptions> {
  role: WorkerOptions["role"];
  /** Brings evolutions on although it works on single trees: of a command that runs one without a server. */
  evolves?: boolean;
}

export interface Runtime {
  store: Store;
  security: Security;
  configuration: Configuration;
  application: WholeApplication;
  live: Live;
  /** The last signs of each provider, which the pages show. */
  signs: ProviderSigns;
  /** What this process counts of its work; the server stores it. */
  counts: Counts;
  /** Servers of tools, as commands of people use them. */
  servers: Pick<Servers, "closeServer" | "onClosed">;
  /** What sending webhooks needs. */
  webhooks: Acting["webhooks"];
  /** Tasks of other agents, and the addresses that are told about them. */
  a2a: { records: A2aRecords; pushes: OtherReceivers };
  world: WorkerWorld;
  /** Runs the commands of this process. */
  sandbox: SandboxPort;
  terminals: Terminals;
  /** Gives approved changes to the launcher, and ends its trials while they are switched off. Returns its end. */
  watchReleases(channel: LauncherChannel, isTrial: () => boolean): () => void;
  /** Repairs what a trial left behind; resolves with what it did, as sentences. */
  settleTrial(taken: TakenBack): Promise<string>;
  startWorker(options: StartOptions): Promise<SupervisedWorker>;
  /** Removes old trees once a day while a limit is set. Returns its end. */
  watchRetention(isTrial: () => boolean): () => void;
  /** Makes scheduled backups, and copies them to the bucket. Returns its end. */
  watchBackups(): () => void;
  /** Removes leftovers of deleted trees after a kill; see `sweepLeftovers`. */
  sweep(): Promise<string[]>;
  /**
   * Makes the source of this release the one that agents start from, then withdraws proposals for another release.
   * Never rejects.
   */
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
  counts: Counts;
  sandbox: ReturnType<typeof createSandbox>;
  workplaces: Workplaces;
  cell: Cell | null;
  places: RunnerPlaces;
  checks: TreeChecks;
  terminals: Terminals;
  treeSql: TreeSql;
  servers: Servers;
  catalogue: Catalogue;
  tools: ToolClient;
  models: ModelPort;
  modelGateway: ModelGateway;
  endMeasuring(): void;
}

export interface SupervisedWorker extends Worker {
  supervisor: Supervisor;
  governor: Governor;
  /** Starts the review agent's looks at faults. */
  looks: Checks;
  /** Counts failures from the logs. */
  failures: Checks;
  /** Starts the review agent's looks at what agents flag. */
  flags: Checks;
  /** Learns from ended goals. */
  lessons: Checks;
  /** Replays ended trees before the trial of a new version. */
  replays: Checks;
  /** Cancels tasks at outside agents that nobody waits for. */
  outsideTasks: Checks;
  /** Begins the trees of schedules. */
  schedules: Checks;
  /** Follows the forges of projects. */
  forges: Checks;
  /** Keeps environments of projects. */
  environments: Checks;
  /** Brings promotions on. */
  promotions: Checks;
  /** Brings the evolutions of projects on. */
  evolutions: Checks;
  /** Sends the log to a collector of traces, where the settings name one. */
  traces: TraceWatch;
}
