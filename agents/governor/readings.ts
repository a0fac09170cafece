/** Reads how much of each limit is used. Every reading is cheap: samples that exist, and indexed rows. */
import type { ProviderSigns } from "@/agents/providers/signs";
import type { GovernorSettings, Readings } from "@/core/rules/governor";
import { withStored } from "@/db/records/daily-spend";
import type { Store } from "@/db/store";
import type { DailyCaps } from "@/lib/env/daily-caps";
import { busyForAMinute } from "@/lib/monitor/alerts";
import type { Monitor } from "@/lib/monitor/monitor";
import { serverPid } from "@/lib/process/side";
import { processTreeUse } from "@/lib/sandbox/process-tree";

export interface ReadingSources {
  store: Pick<Store, "governor" | "queries" | "spendCaps">;
  monitor: Pick<Monitor, "latest" | "history">;
  signs: Pick<ProviderSigns, "quotas">;
  dailyCaps: DailyCaps;
  now(): number;
}

const MICRO = 1_000_000;

export function readLimits(sources: ReadingSources, { limits }: Pick<GovernorSettings, "limits">): Readings {
  const { store, signs, now } = sources;
  const nowMs = now();
  const spent = store.queries.status.spentOn(nowMs);
  const caps = withStored(sources.dailyCaps, store.spendCaps.read()).all;
  const quota = signs.quotas()[0];
  return {
    ...readMachine(sources, limits),
    // Without a quota that holds now, nothing of it is used: the last one has returned.
    quota: { used: rounded(quota?.usedPercent ?? 0), max: limits.quota.max, ...(quota && { of: quota.provider }) },
    tokens: { used: spent.tokens, max: caps.tokens },
    cost: { used: spent.microUsd / MICRO, max: caps.microUsd === null ? null : caps.microUsd / MICRO },
    rounds: { used: store.governor.goalRoundsOn(nowMs), max: limits.rounds.max },
  };
}

/** Percentages of the machine, or of the container. */
function readMachine({ monitor }: ReadingSources, limits: GovernorSettings["limits"]): Readings {
  const sample = monitor.latest();
  if (!sample) return {};
  const { memory, disk } = sample;
  const own = processTreeUse(serverPid(process.env)).memoryBytes || memory.processBytes;
  const cpu = busyForAMinute(sample, monitor.history());
  return {
    own_memory: { used: percent(own, memory.totalBytes), max: limits.own_memory.max },
    memory: { used: percent(memory.usedBytes, memory.totalBytes), max: limits.memory.max },
    ...(cpu !== null && { cpu: { used: rounded(cpu), max: limits.cpu.max } }),
    // A file system without a size says nothing about its space.
    ...(disk.totalBytes > 0 && { disk: { used: percent(disk.usedBytes, disk.totalBytes), max: limits.disk.max } }),
  };
}

function percent(used: number, total: number): number {
  return total > 0 ? rounded((100 * used) / total) : 0;
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
