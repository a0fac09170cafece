/** Reads the present CPU and memory: of the container when it has limits, else of the machine. */
import { readFileSync } from "node:fs";
import os from "node:os";
import { cpuQuota, type MemoryUse, memoryLimit, type Read } from "./cgroup";
import { memoryByVmStat } from "./vm-stat";

/** Both values only grow; their difference between two readings counts. */
export interface CpuReading {
  cores: number;
  busyMs: number;
  /** The time that all cores together could have worked. */
  capacityMs: number;
}

const TICK_MS = 10;

export const readFile: Read = (file) => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
};

/** `monotonicMs` is the time of the reading, from a monotonic clock. */
export function readCpu(read: Read, monotonicMs: number): CpuReading {
  const machine = machineCpu(read) ?? cpuOfNode();
  const quota = cpuQuota(read, machine.cores);
  if (!quota) return machine;
  return { cores: quota.cores, busyMs: quota.usedMs, capacityMs: monotonicMs * quota.cores };
}

export function readMemory(read: Read): MemoryUse {
  const machine = machineMemory(read) ?? memoryWithoutProc();
  return memoryLimit(read, machine.totalBytes) ?? machine;
}

/** Returns the memory of another process; null when it cannot be read. */
export function memoryOf(pid: number, read: Read): number | null {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`) ?? "")?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}

/** Returns 0 to 100; null when the readings are too close together. */
export function cpuPercent(before: CpuReading, after: CpuReading): number | null {
  const capacity = after.capacityMs - before.capacityMs;
  // The kernel counts in hundredths of a second.
  if (capacity < 2 * TICK_MS || before.cores !== after.cores) return null;
  return Math.min(100, Math.max(0, ((after.busyMs - before.busyMs) / capacity) * 100));
}

/**
 * Reads the first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal; guests are counted in
 * user.
 */
function machineCpu(read: Read): CpuReading | null {
  const text = read("/proc/stat");
  const ticks =
    /^cpu +([\d ]+)$/m
      .exec(text ?? "")?.[1]
      ?.split(" ")
      .slice(0, 8)
      .map(Number) ?? [];
  const cores = text?.match(/^cpu\d+ /gm)?.length ?? 0;
  if (ticks.length < 4 || cores === 0) return null;
  const capacity = ticks.reduce((sum, part) => sum + part, 0);
  const idle = (ticks[3] ?? 0) + (ticks[4] ?? 0);
  return { cores, busyMs: (capacity - idle) * TICK_MS, capacityMs: capacity * TICK_MS };
}

function machineMemory(read: Read): MemoryUse | null {
  const text = read("/proc/meminfo") ?? "";
  const bytesOf = (name: string) => {
    const kilobytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(text)?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  };
  const totalBytes = bytesOf("MemTotal");
  const available = bytesOf("MemAvailable");
  return totalBytes === null || available === null ? null : { totalBytes, usedBytes: totalBytes - available };
}

function memoryWithoutProc(): MemoryUse {
  const totalBytes = os.totalmem();
  const seen = process.platform === "darwin" ? memoryByVmStat(totalBytes) : null;
  return seen ?? { totalBytes, usedBytes: totalBytes - os.freemem() };
}

function cpuOfNode(): CpuReading {
  const times = os.cpus().map((cpu) => cpu.times);
  const busyMs = times.reduce((sum, { user, nice, sys, irq }) => sum + user + nice + sys + irq, 0);
  const idleMs = times.reduce((sum, { idle }) => sum + idle, 0);
  return { cores: Math.max(1, times.length), busyMs, capacityMs: busyMs + idleMs };
}
