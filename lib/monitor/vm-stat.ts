/** Reads the memory of a Mac, which has no /proc: Node counts its file cache as used, so nearly all would always be. */
import { spawnSync } from "node:child_process";
import type { MemoryUse } from "./cgroup";

/** It takes a few milliseconds. */
const LONGEST_MS = 1_000;

/** Returns null where there is no `vm_stat`. */
export function memoryByVmStat(totalBytes: number): MemoryUse | null {
  const { status, stdout } = spawnSync("/usr/bin/vm_stat", { encoding: "utf8", timeout: LONGEST_MS });
  return status === 0 ? memoryInVmStat(stdout, totalBytes) : null;
}

/** Returns the sum that Activity Monitor shows as used: memory of apps, wired and compressed memory. */
export function memoryInVmStat(text: string, totalBytes: number): MemoryUse | null {
  const pageBytes = Number(/page size of (\d+) bytes/.exec(text)?.[1]);
  const pagesOf = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)\\.$`, "m").exec(text)?.[1]);
  const apps = pagesOf("Anonymous pages") - pagesOf("Pages purgeable");
  const usedBytes = (apps + pagesOf("Pages wired down") + pagesOf("Pages occupied by compressor")) * pageBytes;
  return Number.isNaN(usedBytes) ? null : { totalBytes, usedBytes: Math.min(totalBytes, Math.max(0, usedBytes)) };
}
