/**
 * Reads the limits of a container or a service from the kernel's control groups, version 2 and 1. Any group above the
 * process's own may have a limit: the lowest counts, with the usage under it.
 */

/** Returns the text of a file, or null when it is missing or unreadable. */
export type Read = (file: string) => string | null;

export interface MemoryUse {
  usedBytes: number;
  totalBytes: number;
}

export interface CpuQuota {
  /** May be a fraction, as for a container with half a core. */
  cores: number;
  /** CPU time used so far by everything under the limit, in milliseconds. */
  usedMs: number;
}

const ROOT = "/sys/fs/cgroup";

/** Returns null without a limit below `machineBytes`. */
export function memoryLimit(read: Read, machineBytes: number): MemoryUse | null {
  const groups = groupsOf(read);
  const found = [
    ...groups.unified.map((folder) => memoryAt(read, folder, "memory.max", "memory.current", "inactive_file")),
    ...groups
      .controller("memory")
      .map((folder) => memoryAt(read, folder, "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")),
  ].filter((use) => use !== null && use.totalBytes < machineBytes);
  return found.reduce((least, use) => (least && use && least.totalBytes <= use.totalBytes ? least : use), null);
}

/** Returns null without a CPU limit below `machineCores`. */
export function cpuQuota(read: Read, machineCores: number): CpuQuota | null {
  const groups = groupsOf(read);
  const accounts = groups.controller("cpuacct");
  const found = [
    ...groups.unified.map((folder) => unifiedQuotaAt(read, folder)),
    ...groups.controller("cpu").map((folder, at) => quotaAt(read, folder, accounts[at])),
  ].filter((quota) => quota !== null && quota.cores < machineCores);
  return found.reduce((least, quota) => (least && quota && least.cores <= quota.cores ? least : quota), null);
}

/** Returns the folders of the process's groups, innermost first. A container cannot see all of them. */
function groupsOf(read: Read): { unified: string[]; controller(name: string): string[] } {
  const lines = (read("/proc/self/cgroup") ?? "").split("\n").map((line) => /^\d+:([^:]*):(\/.*)$/.exec(line));
  const unified = lines.find((line) => line?.[1] === "");
  return {
    unified: unified ? upwards(ROOT, unified[2] ?? "/") : [],
    controller(name) {
      const line = lines.find((line) => line?.[1]?.split(",").includes(name));
      return line ? upwards(`${ROOT}/${line[1]}`, line[2] ?? "/") : [];
    },
  };
}

function upwards(root: string, group: string): string[] {
  const names = group.split("/").filter(Boolean);
  return Array.from({ length: names.length + 1 }, (_, up) => [root, ...names.slice(0, names.length - up)].join("/"));
}

/** File cache that the kernel can drop at any time does not count as used memory. */
function memoryAt(read: Read, folder: string, limitFile: string, usedFile: string, cache: string): MemoryUse | null {
  const totalBytes = numberIn(read(`${folder}/${limitFile}`));
  const usedBytes = numberIn(read(`${folder}/${usedFile}`));
  if (totalBytes === null || usedBytes === null || totalBytes <= 0) return null;
  const droppable = fieldIn(read(`${folder}/memory.stat`), cache) ?? 0;
  return { totalBytes, usedBytes: Math.max(0, usedBytes - droppable) };
}

function unifiedQuotaAt(read: Read, folder: string): CpuQuota | null {
  const [quota, period] = (read(`${folder}/cpu.max`) ?? "").trim().split(" ").map(Number);
  const usedMicroseconds = fieldIn(read(`${folder}/cpu.stat`), "usage_usec");
  if (!quota || !period || usedMicroseconds === null) return null;
  return { cores: quota / period, usedMs: usedMicroseconds / 1e3 };
}

function quotaAt(read: Read, folder: string, account: string | undefined): CpuQuota | null {
  const quota = numberIn(read(`${folder}/cpu.cfs_quota_us`));
  const period = numberIn(read(`${folder}/cpu.cfs_period_us`));
  const usedNanoseconds = numberIn(read(`${account ?? folder}/cpuacct.usage`));
  if (quota === null || quota <= 0 || !period || usedNanoseconds === null) return null;
  return { cores: quota / period, usedMs: usedNanoseconds / 1e6 };
}

function numberIn(text: string | null): number | null {
  const word = text?.trim() ?? "";
  return /^-?\d+$/.test(word) ? Number(word) : null;
}

/** Reads a number from lines of a name and a number. */
function fieldIn(text: string | null, name: string): number | null {
  const line = text?.split("\n").find((line) => line.startsWith(`${name} `));
  return line ? numberIn(line.slice(name.length + 1)) : null;
}
