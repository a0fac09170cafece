/** Queries for the Operations pages: history, providers, workers, backups, and old trees that can be deleted. */
import { type Queries, UserError } from "@/agents/application";
import type { Providers } from "@/agents/providers/providers";
import type { ProviderSigns } from "@/agents/providers/signs";
import { createRunnerQueries } from "@/agents/runners/query";
import type { GateLimit } from "@/agents/self/gate-limit";
import { createGateRuns } from "@/agents/self/gate-runs";
import { toldReleases } from "@/agents/self/overtaken";
import type { SelfSwitch } from "@/agents/self/switch";
import { objectivesNow } from "@/core/metrics/objectives";
import type { ProviderState, ServerStart, WorkerState } from "@/core/shapes/operations";
import { iso } from "@/db/file/iso";
import type { LiveBackups } from "@/db/file/live-backup";
import { crashOf, type StoredStart } from "@/db/log/starts";
import { leaderOf } from "@/db/log/workers";
import type { ParkedTasks } from "@/db/queries/operations";
import type { Store } from "@/db/store";
import type { BackupSettings } from "@/lib/env/backups";
import { livenessOf, ownIdentity } from "@/lib/process/identity";
import { listBackups } from "./backups";
import { uniquePrefix } from "./ids";
import { type HistorySources, readHistory } from "./measured/history";
import { findOldTrees } from "./old-trees";

export type OperationsPart = Pick<
  Queries,
  | "getHistory"
  | "getObjectives"
  | "getSelf"
  | "listGateRuns"
  | "getGateRun"
  | "listProviders"
  | "listWorkers"
  | "getRunners"
  | "listStarts"
  | "listBackups"
  | "findOldTrees"
>;

export interface OperationsSources extends HistorySources {
  store: Pick<
    Store,
    | "backups"
    | "bucket"
    | "measurements"
    | "checks"
    | "places"
    | "proposals"
    | "queries"
    | "retentionTrees"
    | "selfReleases"
    | "starts"
    | "workers"
  >;
  providers: Pick<Providers, "states">;
  /** null: this process calls no provider. */
  signs: Pick<ProviderSigns, "of"> | null;
  backups: LiveBackups;
  backupSettings: BackupSettings;
  dataDir: string;
  selfPower: Pick<SelfSwitch, "state">;
  gateLimit: Pick<GateLimit, "today">;
  /** Whether the setting BANYAN_NATS names a node. */
  hasRunners: boolean;
}

const SILENT_MS = 30_000;
const GATE_RUNS = 100;

export function createOperationsQueries(sources: OperationsSources): OperationsPart {
  const { store, now } = sources;
  const gateRuns = createGateRuns(sources.dataDir);
  return {
    getObjectives: async () => objectivesNow(now(), store.measurements.work.daily),
    getHistory: ({ hours = 1 } = {}) => readHistory(sources, hours),
    ...createRunnerQueries(sources),
    listProviders: async () => providersOf(sources),
    listWorkers: async () => workersOf(store.workers, now()),
    listStarts: async () => startsNow(store).map(shownStart),
    getSelf: async () => ({
      ...sources.selfPower.state(),
      gate_runs: sources.gateLimit.today(),
      releases: toldReleases(store),
    }),
    listGateRuns: async ({ skip = 0, limit = GATE_RUNS } = {}) => gateRuns.list().slice(skip, skip + limit),
    async getGateRun(id) {
      const whole = gateRuns.report(id);
      if (whole) return whole;
      const ids = gateRuns.list().map((run) => run.id);
      const report = gateRuns.report(uniquePrefix("run of the gates", id, ids));
      if (report) return report;
      throw new UserError("not_found", `The run of the gates ${id} was removed meanwhile.`);
    },
    listBackups: () => listBackups(sources),
    findOldTrees: ({ days }) => findOldTrees(sources, days),
  };
}

function providersOf({ store, providers, signs }: OperationsSources): ProviderState[] {
  const parked = store.queries.operations.parked();
  const trees = store.queries.operations.treesByProvider();
  return providers.states().map(({ name, available, reason }) => {
    const waits = parked.get(name) ?? null;
    const sign = signs?.of(name) ?? null;
    const state = stateOf(available, waits, sign?.failure ?? null, sign?.answeredInMs ?? null);
    return {
      name,
      state,
      reason: state === "no_key" ? reason : (waits?.why ?? sign?.failure ?? null),
      answers_ms: sign?.answeredInMs ?? null,
      last_at: sign && iso(sign.atMs),
      parked_until: iso(waits?.untilMs ?? null),
      parked_tasks: waits?.tasks ?? [],
      parked_tasks_total: waits?.total ?? 0,
      parked_trees_total: waits?.trees ?? 0,
      trees: trees.get(name) ?? 0,
    };
  });
}

/** A provider that has answered since it refused is not parked, although tasks still wait for their time. */
function stateOf(
  available: boolean,
  waits: ParkedTasks | null,
  failure: string | null,
  answersMs: number | null,
): ProviderState["state"] {
  const hasAnswered = failure === null && answersMs !== null;
  if (!hasAnswered && waits?.isModelGone === false) return "parked";
  if (!available) return "no_key";
  if (failure !== null) return "failing";
  return answersMs === null ? "ready" : "answers";
}

/** Returns the starts, newest first. Nobody may have noticed yet that a process is dead, and then the journal lacks its end. */
export function startsNow({ starts, workers }: Pick<Store, "starts" | "workers">): StoredStart[] {
  const own = ownIdentity();
  const rows = workers.list();
  return starts.list().map((start) => {
    const isCrashed = start.end === null && livenessOf(start.process, own) === "dead";
    return isCrashed ? { ...start, end: crashOf(start, rows, own) } : start;
  });
}

function shownStart({ role, process, version, commit, startedAtMs, end }: StoredStart): ServerStart {
  const ended_at = iso(end?.atMs ?? null);
  const release = process.launch?.release ?? null;
  const shown = { role, pid: process.pid, version, commit, release, started_at: iso(startedAtMs), ended_at };
  return { ...shown, end: end?.how ?? null, ended_by: end?.by ?? null };
}

function workersOf(workers: Store["workers"], nowMs: number): WorkerState[] {
  const own = ownIdentity();
  const rows = workers.list();
  const leader = leaderOf(rows);
  return rows.map((row) => {
    const liveness = livenessOf(row, own);
    const { leases, tasks } = workers.holds(row.id);
    const isSilent = nowMs - (row.seenAtMs ?? row.startedAtMs) > SILENT_MS;
    const state = liveness === "dead" ? "dead" : isSilent ? "silent" : "alive";
    return {
      id: row.id,
      pid: row.pid,
      role: row.role,
      host: row.bootId === own.bootId && row.pidNamespace === own.pidNamespace ? "here" : "elsewhere",
      address: row.address,
      since: iso(row.startedAtMs),
      last_sign: iso(row.seenAtMs),
      state,
      leads: row.id === leader?.id,
      leases,
      tasks,
    };
  });
}
