/** The state of the server: what works, what waits, and the machine's free resources. */
import { bucketAlert } from "@/agents/backups/bucket-schedule";
import { backupAlert, scheduleOf } from "@/agents/backups/schedule";
import { limitsNow } from "@/agents/governor/queries";
import type { Providers } from "@/agents/providers/providers";
import { runnersAlert } from "@/agents/runners/alert";
import { runnersNow } from "@/agents/runners/query";
import type { StuckForge } from "@/core/shapes/forges";
import type { MachineAlert } from "@/core/shapes/health";
import type { PausedSchedule, ServerFigures, ServerStatus } from "@/core/shapes/status";
import { LIMIT_WORDS, limitRemedy, limitSentence } from "@/core/words/spending/limits";
import { iso } from "@/db/file/iso";
import { usd } from "@/db/queries/shapes";
import type { Store } from "@/db/store";
import { addressOf, type BackupSettings } from "@/lib/env/backups";
import type { DailyCaps } from "@/lib/env/daily-caps";
import type { KnownModels } from "@/lib/models/known-models";
import type { SandboxStatus } from "@/lib/sandbox/port";
import { type MachineReading, monitorStatus } from "./measured/machine";
import { type ModelQuerySources, notesOf } from "./models";
import { stoppedEvolutions, waitingChanges } from "./projects/waiting-changes";
import { shownCaps } from "./spend-caps";

export interface StatusSources {
  store: Store;
  /** Returns null when nothing is known about the machine. */
  machine(): Promise<MachineReading | null>;
  /** Returns whether the sandbox for agents' commands works here. */
  terminal(): Promise<SandboxStatus>;
  now(): number;
  slots: number;
  providers: Providers;
  models: KnownModels;
  configuration: ModelQuerySources["configuration"];
  version: string;
  maxDbBytes: number | null;
  /** Daily caps from the settings. */
  dailyCaps: DailyCaps;
  backupSettings: BackupSettings;
  /** Whether the setting BANYAN_NATS names a node. */
  hasRunners: boolean;
  /** The setting BANYAN_POOL; null: none. */
  usualPool: string | null;
}

/** Of what waits in schedules, forges, evolutions and promotions, the newest are enough: their own pages list all. */
const MOST_PAUSED = 20;

export async function getStatus(sources: StatusSources): Promise<ServerStatus> {
  const { store } = sources;
  const { reviews, status } = store.queries;
  // In this order: the test of the terminal would count as load.
  const machine = await sources.machine();
  const terminal = await sources.terminal();
  const running = status.running();
  const halt = store.halts.current();
  const queued = status.queued();
  const caps = shownCaps(store, sources.dailyCaps);
  const changes = waitingChanges(store);
  const database = { sizeBytes: sources.maxDbBytes ? status.sizeBytes() : 0, maxBytes: sources.maxDbBytes };
  return {
    slots: { used: running, max: sources.slots },
    queued,
    openReviews: reviews.countOpen(),
    candidate_lessons: store.lessons.waiting(),
    defaultModel: sources.providers.defaultModel(),
    models: sources.providers.states(),
    model_notes: notesOf(sources),
    terminal: { available: terminal.available, reason: terminal.available ? null : terminal.reason },
    runners: sources.hasRunners ? { usual_pool: sources.usualPool } : null,
    version: sources.version,
    paused_everything: halt && { by: halt.by, since: new Date(halt.sinceMs).toISOString(), reason: halt.reason },
    paused_schedules: pausedSchedules(sources),
    stuck_forges: stuckForges(sources),
    waiting_changes: changes.slice(0, MOST_PAUSED),
    waiting_promotions: store.promotions.waiting(MOST_PAUSED),
    stopped_evolutions: stoppedEvolutions(store, MOST_PAUSED),
    totals: {
      paused_schedules: store.schedules.countPausedByBanyan(),
      stuck_forges: store.forges.countStuck(),
      waiting_changes: changes.length,
      waiting_promotions: store.promotions.countWaiting(),
      stopped_evolutions: store.evolutions.countStopped(),
    },
    monitor:
      machine &&
      monitorStatus(machine, {
        running,
        queued,
        ...status.resting(),
        database,
        others: [alertOfBackups(sources), alertOfRunners(sources)].filter((alert) => alert !== null),
        limits: limitAlerts(sources),
      }),
    today: todayOf(status.spentOn(sources.now()), caps.day_usd, sources.dailyCaps.all.tokens),
    caps,
  };
}

function pausedSchedules({ store }: StatusSources): PausedSchedule[] {
  return store.schedules
    .pausedByBanyan(MOST_PAUSED)
    .map(({ uid, name, pausedAtMs, pausedWhy }) => ({ id: uid, name, at: iso(pausedAtMs), sentence: pausedWhy }));
}

function stuckForges({ store }: StatusSources): StuckForge[] {
  return store.forges.stuck(MOST_PAUSED).map(({ project, host, pausedAtMs, lookedAtMs, trouble }) => ({
    project,
    host,
    at: iso(pausedAtMs ?? lookedAtMs ?? 0),
    sentence: trouble ?? "",
    is_paused: pausedAtMs !== null,
  }));
}

/** An alert for each limit that is near or reached. */
function limitAlerts(sources: StatusSources): MachineAlert[] {
  const settings = sources.store.governor.settings();
  return limitsNow(sources).limits.flatMap((limit) => {
    const { name, level, used, max_set_by: setBy } = limit;
    const percent = LIMIT_WORDS[name].unit === "percent" && used !== null ? Math.round(used) : limit.percent;
    if (level !== "warning" && level !== "limit") return [];
    const sentence = limitSentence({ ...limit, kind: "level", was: "ok" }, settings, setBy);
    return [{ what: name, percent, sentence, remedy: limitRemedy(name, setBy) }];
  });
}

function alertOfBackups({ store, backupSettings, now }: StatusSources): MachineAlert | null {
  const record = store.backups.read();
  const own = backupAlert(scheduleOf(record.schedule, backupSettings), record, now());
  const { bucket } = backupSettings;
  return own ?? (bucket ? bucketAlert(record, store.bucket.read(addressOf(bucket)), now()) : null);
}

function alertOfRunners(sources: StatusSources): MachineAlert | null {
  return sources.hasRunners ? runnersAlert(runnersNow(sources), sources.now()) : null;
}

function todayOf(spent: DailySpend, capUsd: number | null, capTokens: number | null): ServerStatus["today"] {
  return {
    cost_usd: usd(spent.microUsd),
    tokens: spent.tokens,
    cap_usd: capUsd,
    cap_tokens: capTokens,
  };
}

type DailySpend = { tokens: number; microUsd: number };

/** Returns the figures for `/metrics`, without those of backups. */
export function figuresOf({ queries, measurements, log }: Store): Omit<ServerFigures, "backup"> {
  return {
    ...queries.status.figures(),
    counted: measurements.work.totals(),
    commits: log.commits() + log.peerCommits(),
  };
}
