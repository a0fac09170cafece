/** What runs short, each with one sentence about it and one that says what to do. Pure. */
import type { MachineAlert } from "@/core/shapes/shapes";
import type { Sample } from "./monitor";

export type Alert = MachineAlert;

export interface AlertContext {
  /** Part that is used from which something runs short, 0 to 1. */
  threshold?: number;
  /** Samples before this one: without a minute of them nothing can be said about the CPU. */
  history?: readonly Sample[];
  database?: { sizeBytes: number; maxBytes: number | null };
}

/** A processor that is busy for a moment does what it is there for. */
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
    (percent) => `The disk of the data folder is ${percent} % full; when it is full, nothing is written any more.`,
    "Delete old trees with `npx banyan delete TREE`, or make the disk larger.",
  );
  if (database?.maxBytes) {
    add(
      "database",
      partOf(database.sizeBytes, database.maxBytes),
      (percent) => `The database fills ${percent} % of BANYAN_MAX_DB_MB; at 100 % no new trees are started.`,
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
    leastOfMinute(sample, history, threshold) / 100,
    (percent) => `The CPU was at least ${percent} % busy for a minute; everything takes longer.`,
    "Lower MAX_CONCURRENT_AGENTS, end other programs, or add cores.",
  );
  return alerts;
}

function partOf(used: number, total: number): number {
  return total > 0 ? used / total : 0;
}

/** Percent; 0 when the minute is not covered. */
function leastOfMinute(sample: Sample, history: readonly Sample[], threshold: number): number {
  const sinceMs = sample.atMs - CPU_MINUTE_MS;
  const before = history.filter((one) => one.atMs < sample.atMs);
  if (!before.some((one) => one.atMs <= sinceMs)) return 0;
  const minute = [...before.filter((one) => one.atMs > sinceMs), sample];
  // A sample says how it was since the one before it, so that the first of all says nothing.
  const least = Math.min(...minute.map((one) => one.cpu.percent ?? 0));
  return least / 100 >= threshold ? least : 0;
}
