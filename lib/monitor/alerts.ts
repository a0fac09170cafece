/** Returns what is running out, each with a sentence and a remedy. Pure. */
import type { MachineAlert } from "@/core/shapes/health";
import type { Sample } from "./monitor";

export type Alert = MachineAlert;

export interface AlertContext {
  /** The used share from which an alert is raised, 0 to 1. */
  threshold?: number;
  /** Earlier samples; without a minute of them there is no CPU alert. */
  history?: readonly Sample[];
  database?: { sizeBytes: number; maxBytes: number | null };
}

/** The CPU alert needs a whole minute, because short peaks are normal. */
const CPU_MINUTE_MS = 60_000;

export function alertsOf(sample: Sample, { threshold = 0.9, history = [], database }: AlertContext = {}): Alert[] {
  const alerts: Alert[] = [];
  const add = (what: Alert["what"], part: number, say: (percent: number) => string, remedy: string) => {
    const percent = Math.round(part * 100);
    if (part >= threshold) alerts.push({ what, percent, sentence: say(percent), remedy });
  };
  add(
    "disk",
    partOf(sample.disk.usedBytes, sample.disk.totalBytes),
    (percent) => `The disk of the data folder is ${percent} % full; at 100 % nothing can be saved.`,
    "Delete old trees with `npx banyan delete TREE`, or make the disk larger.",
  );
  if (database?.maxBytes) {
    add(
      "database",
      partOf(database.sizeBytes, database.maxBytes),
      (percent) => `The database uses ${percent} % of BANYAN_MAX_DB_MB; at 100 % no new trees start.`,
      "Delete old trees with `npx banyan delete TREE`, or raise the setting.",
    );
  }
  add(
    "memory",
    partOf(sample.memory.usedBytes, sample.memory.totalBytes),
    (percent) => `Memory is ${percent} % used; when it runs out, the system ends processes.`,
    "Lower MAX_CONCURRENT_AGENTS, end other programs, or add memory.",
  );
  add(
    "cpu",
    (busyForAMinute(sample, history) ?? 0) / 100,
    (percent) => `CPU at ${percent} %; tasks run slower.`,
    "Lower MAX_CONCURRENT_AGENTS, end other programs, or add cores.",
  );
  return alerts;
}

function partOf(used: number, total: number): number {
  return total > 0 ? used / total : 0;
}

/** Returns the lowest CPU percentage of the last minute; null when the samples do not cover it. */
export function busyForAMinute(sample: Sample, history: readonly Sample[]): number | null {
  const sinceMs = sample.atMs - CPU_MINUTE_MS;
  const before = history.filter((earlier) => earlier.atMs < sample.atMs);
  if (!before.some((sample) => sample.atMs <= sinceMs)) return null;
  const minute = [...before.filter((sample) => sample.atMs > sinceMs), sample];
  // A sample covers the time since the previous one, so the first sample has no value.
  return Math.min(...minute.map((sample) => sample.cpu.percent ?? 0));
}
