/** The machine's part of the status: the monitor's samples and the amount of work. */
import type { MachineAlert, MonitorStatus } from "@/core/shapes/health";
import type { Store } from "@/db/store";
import type { Settings } from "@/lib/env";
import { alertsOf } from "@/lib/monitor/alerts";
import { type Monitor, type Sample, sampleOnce } from "@/lib/monitor/monitor";
import { memoryOf, readFile } from "@/lib/monitor/readings";
import { ownIdentity, pidFromHere } from "@/lib/process/identity";

export interface MachineReading {
  sample: Sample;
  /** Empty after a single sample. */
  history: readonly Sample[];
  /** The server's memory; null when no server runs here. */
  serverBytes: number | null;
}

/** Returns the monitor's samples, in the process of the worker or server; null before the first sample. */
export function watchedMachine(monitor: Monitor, store: Store): MachineReading | null {
  const sample = monitor.latest();
  if (!sample) return null;
  // Without /proc it knows only its own.
  const serverBytes = memoryOfServer(store) ?? sample.memory.processBytes;
  return { sample, history: monitor.history(), serverBytes };
}

/** Takes one sample, for a read-only command with or without a running server. It takes 0.1 s. */
export async function machineOnce(store: Store, settings: Settings): Promise<MachineReading> {
  const sample = await sampleOnce(settings.dataDir);
  return { sample, history: [], serverBytes: memoryOfServer(store) };
}

/** Returns the bytes of all its processes that are registered and can be seen; null when there is none. */
function memoryOfServer(store: Store): number | null {
  const own = ownIdentity();
  const known = store.workers
    .list()
    .filter(({ role }) => role !== "run")
    .map((worker) => pidFromHere(worker, own))
    .flatMap((pid) => (pid === null ? [] : (memoryOf(pid, readFile) ?? [])));
  return known.length > 0 ? known.reduce((sum, bytes) => sum + bytes) : null;
}

export interface Work {
  running: number;
  queued: number;
  parked: number;
  waiting: number;
  database: { sizeBytes: number; maxBytes: number | null };
  /** Of backups and runners. */
  others: readonly MachineAlert[];
  /** Of limits; each takes the place of the machine's own alert about the same thing. */
  limits: readonly MachineAlert[];
}

export function monitorStatus({ sample, history, serverBytes }: MachineReading, work: Work): MonitorStatus {
  const { cpu, memory, disk } = sample;
  return {
    cpu_percent: cpu.percent === null ? null : Math.round(cpu.percent),
    memory_percent: percentOf(memory.usedBytes, memory.totalBytes),
    disk_percent: percentOf(disk.usedBytes, disk.totalBytes),
    process_mb: serverBytes === null ? null : Math.round(serverBytes / 1024 ** 2),
    active_agents: work.running,
    queue_depth: work.queued,
    parked: work.parked,
    waiting: work.waiting,
    alerts: [
      ...work.limits,
      ...alertsOf(sample, { history, database: work.database }).filter(
        ({ what }) => !work.limits.some((limit) => limit.what === what),
      ),
      ...work.others,
    ],
  };
}

export function percentOf(used: number, total: number): number {
  return total > 0 ? Math.round((used / total) * 100) : 0;
}
