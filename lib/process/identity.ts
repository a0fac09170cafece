/** Who a process is, so that another one on this machine can tell whether it still lives, whatever process ids were reused. */
import { readFileSync, readlinkSync } from "node:fs";
import { bootSession, HAS_PROC, processByPs } from "./ps";

export interface ProcessIdentity {
  pid: number;
  pidNamespace: string;
  processStart: string;
  bootId: string;
}

export function ownIdentity(): ProcessIdentity {
  return {
    pid: process.pid,
    pidNamespace: read(() => readlinkSync("/proc/self/ns/pid")),
    processStart: statOf(process.pid)?.start ?? "",
    bootId: ownBootId(),
  };
}

/**
 * `unknown` for a process that cannot be seen from here: one of another pid namespace, or another user's. Throws when it cannot be
 * told at present, as without a file descriptor: a process that cannot be looked at is not one that has ended.
 */
export function livenessOf(one: ProcessIdentity, own: ProcessIdentity): "alive" | "dead" | "unknown" {
  if (one.bootId !== own.bootId) return "dead";
  if (one.pidNamespace !== own.pidNamespace) return "unknown";
  try {
    return statOf(one.pid)?.start === one.processStart ? "alive" : "dead";
  } catch (error) {
    if (isForbidden(error)) return "unknown";
    throw error;
  }
}

/**
 * Parent and start time (in clock ticks since boot) of /proc/PID/stat. null when there is no such process, or only its zombie.
 * Throws when that cannot be told.
 */
export function statOf(pid: number): { parent: number; start: string } | null {
  if (!HAS_PROC) return processByPs(pid);
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH") return null;
    throw error;
  }
  // The command's name may hold spaces and parentheses: the fields begin after the last one.
  const [state, parent, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const start = fields[17];
  if (start === undefined || state === "Z" || state === "X") return null;
  return { parent: Number(parent), start };
}

/** Where /proc hides what belongs to others. */
export function isForbidden(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "EACCES" || code === "EPERM";
}

let bootIdKept: string | undefined;

function ownBootId(): string {
  // It stays the same as long as this process lives.
  bootIdKept ??= HAS_PROC ? read(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()) : bootSession();
  return bootIdKept;
}

function read(get: () => string): string {
  try {
    return get();
  } catch {
    return "";
  }
}
