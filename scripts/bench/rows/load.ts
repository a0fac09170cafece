/** Processor time while something runs. Each function begins to measure, and returns one that tells what was used since. */
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { performance } from "node:perf_hooks";

/** The share of the time of all processors of the machine that was used, 0 to 1. */
export function processorsBusy(): () => number {
  const before = times();
  return () => {
    const now = times();
    return (now.busy - before.busy) / (now.all - before.all);
  };
}

function times(): { busy: number; all: number } {
  const each = cpus().map(({ times }) => times);
  const all = each.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0);
  return { busy: all - each.reduce((sum, { idle }) => sum + idle, 0), all };
}

/** Milliseconds of this process, which is the server's side. */
export function serverTime(): () => number {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  };
}

/** Milliseconds in which the main thread of this process was busy: it does one thing at a time. */
export function mainThreadTime(): () => number {
  const before = performance.eventLoopUtilization();
  return () => performance.eventLoopUtilization(before).active;
}

/** What Linux counts processor time of other processes in. */
const TICK_MS = 10;
/** Where `/proc/PID/stat` has user and system time, after the name: of the process, and of its children that have ended. */
const OWN = [11, 12];
const CHILDREN = [13, 14];

/** Milliseconds of another process; not a number where there is no `/proc`. */
export function timeOf(pid: number): () => number {
  return ticksOf(pid, OWN);
}

/** Milliseconds of this process and of the programs that it ran to their end. */
export function serverAndProgramsTime(): () => number {
  return ticksOf(process.pid, [...OWN, ...CHILDREN]);
}

function ticksOf(pid: number, fields: readonly number[]): () => number {
  const before = ticks(pid, fields);
  return () => (ticks(pid, fields) - before) * TICK_MS;
}

function ticks(pid: number, fields: readonly number[]): number {
  try {
    // The second field is a name, which may have spaces.
    const values = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return fields.reduce((sum, field) => sum + Number(values[field]), 0);
  } catch {
    return Number.NaN;
  }
}
