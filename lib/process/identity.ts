/**
 * Identifies a process, so that another process on this machine can tell whether it is alive, even if process ids were
 * reused.
 */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { type Launch, launchIn } from "./launch";
import { bootSession, HAS_PROC, processByPs } from "./ps";

export interface ProcessIdentity {
  pid: number;
  pidNamespace: string;
  processStart: string;
  bootId: string;
  /** null without a launcher. */
  launch: Pick<Launch, "home" | "number" | "release"> | null;
}

let identityKept: ProcessIdentity | undefined;

export function ownIdentity(): ProcessIdentity {
  // It stays the same as long as this process lives.
  identityKept ??= {
    pid: process.pid,
    pidNamespace: read(() => readlinkSync("/proc/self/ns/pid")),
    processStart: statOf(process.pid)?.start ?? "",
    bootId: HAS_PROC ? read(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()) : bootSession(),
    launch: launchIn(process.env),
  };
  return identityKept;
}

/**
 * Returns `unknown` for a process that cannot be seen from here: in another pid namespace, or of another user. Throws
 * when it cannot be determined now, for example without a file descriptor, because an unreadable process has not ended.
 */
export function livenessOf(identity: ProcessIdentity, own: ProcessIdentity): "alive" | "dead" | "unknown" {
  if (isEarlierLaunch(identity, own) || identity.bootId !== own.bootId) return "dead";
  if (identity.pidNamespace !== own.pidNamespace) return "unknown";
  try {
    return statOf(identity.pid)?.start === identity.processStart ? "alive" : "dead";
  } catch (error) {
    if (isForbidden(error)) return "unknown";
    throw error;
  }
}

/** Returns the id that a process of this machine has here, also when it knows itself by another; null when it is not seen. */
export function pidFromHere(processIdentity: ProcessIdentity, own: ProcessIdentity): number | null {
  const liveness = livenessOf(processIdentity, own);
  if (liveness !== "unknown") return liveness === "alive" ? processIdentity.pid : null;
  if (!HAS_PROC) return null;
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    const ids = /^NSpid:\s+(.*)$/m.exec(read(() => readFileSync(`/proc/${name}/status`, "utf8")))?.[1]?.split(/\s+/);
    if (
      ids !== undefined &&
      ids.length > 1 &&
      Number(ids.at(-1)) === processIdentity.pid &&
      // Two sandboxes that start in the same hundredth of a second have equal ids and times.
      [processIdentity.pidNamespace, ""].includes(read(() => readlinkSync(`/proc/${name}/ns/pid`))) &&
      read(() => statOf(Number(name))?.start ?? "") === processIdentity.processStart
    )
      return Number(name);
  }
  return null;
}

/** A launcher ends what it launched before it launches anew, so an earlier launch has ended, wherever it ran. */
function isEarlierLaunch({ launch: earlier }: ProcessIdentity, { launch: own }: ProcessIdentity): boolean {
  return earlier !== null && own !== null && earlier.home === own.home && earlier.number < own.number;
}

/**
 * Returns parent and start time (in clock ticks since boot) from /proc/PID/stat; null when there is no such process, or
 * only its zombie. Throws when that cannot be determined.
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
  // The command's name may contain spaces and parentheses, so the fields start after the last parenthesis.
  const [state, parent, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const start = fields[17];
  if (start === undefined || state === "Z" || state === "X") return null;
  return { parent: Number(parent), start };
}

/** Whether a process has this id now; after a long time it may be another one. */
export function isAlive(pid: number): boolean {
  try {
    return statOf(pid) !== null;
  } catch (error) {
    if (isForbidden(error)) return true;
    throw error;
  }
}

/** Whether /proc hides the process because it belongs to another user. */
export function isForbidden(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "EACCES" || code === "EPERM";
}

function read(get: () => string): string {
  try {
    return get();
  } catch {
    return "";
  }
}
