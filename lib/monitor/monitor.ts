/** Monitors the machine, or the container, that Banyan runs on. */
import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { realTimers, sleep, type Timers } from "@/lib/time/timers";
import type { Read } from "./cgroup";
import { type CpuReading, cpuPercent, readCpu, readFile, readMemory } from "./readings";

export interface Sample {
  atMs: number;
  /** `percent` of all cores since the previous sample; null for the first one. */
  cpu: { percent: number | null; cores: number };
  /** `processBytes` is the memory of this process. */
  memory: { usedBytes: number; totalBytes: number; processBytes: number };
  /** The file system of the data folder; the total excludes the space that is reserved for root. */
  disk: { usedBytes: number; totalBytes: number };
}

export interface Monitor {
  latest(): Sample | null;
  /** The samples of the last hour, oldest first. */
  history(): Sample[];
  close(): void;
}

export interface MonitorOptions {
  dataDir: string;
  timers: Timers;
  sampleMs?: number;
  now?: () => number;
  read?: Read;
}

const SAMPLE_MS = 5_000;
const HISTORY_MS = 3_600_000;
/** Long enough for the kernel's clock to show a difference. */
const SHORT_SAMPLE_MS = 100;

/** Takes the first sample immediately. */
export function createMonitor({ dataDir, timers, sampleMs = SAMPLE_MS, ...given }: MonitorOptions): Monitor {
  const { now = Date.now, read = readFile } = given;
  const most = Math.ceil(HISTORY_MS / sampleMs);
  const samples: Sample[] = [];
  let last: CpuReading | null = null;
  const take = () => {
    const cpu = readCpu(read, performance.now());
    samples.push(sampleOf(dataDir, now(), read, last, cpu));
    if (samples.length > most) samples.shift();
    last = cpu;
  };
  take();
  const stop = timers.every(sampleMs, take);
  return { latest: () => samples.at(-1) ?? null, history: () => [...samples], close: stop };
}

/** Takes a single sample; its CPU value covers the tenth of a second that this takes. */
export async function sampleOnce(dataDir: string, timers: Timers = realTimers): Promise<Sample> {
  const before = readCpu(readFile, performance.now());
  await sleep(timers, SHORT_SAMPLE_MS, new AbortController().signal);
  return sampleOf(dataDir, Date.now(), readFile, before, readCpu(readFile, performance.now()));
}

function sampleOf(dataDir: string, atMs: number, read: Read, before: CpuReading | null, cpu: CpuReading): Sample {
  return {
    atMs,
    cpu: { percent: before && cpuPercent(before, cpu), cores: cpu.cores },
    memory: { ...readMemory(read), processBytes: process.memoryUsage.rss() },
    disk: diskOf(dataDir),
  };
}

/** Returns the disk of the folder, or of its nearest existing parent. */
function diskOf(folder: string): Sample["disk"] {
  try {
    const { blocks, bfree, bavail, bsize } = statfsSync(folder);
    const usedBytes = (blocks - bfree) * bsize;
    return { usedBytes, totalBytes: usedBytes + bavail * bsize };
  } catch {
    return folder === dirname(folder) ? { usedBytes: 0, totalBytes: 0 } : diskOf(dirname(folder));
  }
}
