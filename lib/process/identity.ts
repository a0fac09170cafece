/** Who a process is, so that another one on this machine can tell whether it still lives, whatever process ids were reused. */
import { readFileSync, readlinkSync } from "node:fs";

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
    processStart: startOf(process.pid) ?? "",
    bootId: read(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()),
  };
}

/** `unknown` for a process of another pid namespace, which cannot be seen from here. */
export function livenessOf(one: ProcessIdentity, own: ProcessIdentity): "alive" | "dead" | "unknown" {
  if (one.bootId !== own.bootId) return "dead";
  if (one.pidNamespace !== own.pidNamespace) return "unknown";
  return startOf(one.pid) === one.processStart ? "alive" : "dead";
}

/** Field 22 of /proc/PID/stat: start time in clock ticks since boot. null when there is no such process, or only its zombie. */
function startOf(pid: number): string | null {
  const stat = read(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  // The command's name may hold spaces and parentheses: the fields begin after the last one.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (fields.length < 20 || fields[0] === "Z" || fields[0] === "X") return null;
  return fields[19] ?? null;
}

function read(get: () => string): string {
  try {
    return get();
  } catch {
    return "";
  }
}
