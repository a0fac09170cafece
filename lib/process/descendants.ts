/** Ends the descendants of another process that is stuck and cannot do it itself. */
import { readdirSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { isForbidden, livenessOf, type ProcessIdentity, statOf } from "./identity";
import { allByPs, HAS_PROC } from "./ps";

const POLL_MS = 20;
/** A killed process that still exists after this time is stuck in the kernel, and cannot be ended. */
const LONGEST_MS = 10_000;

interface Seen {
  pid: number;
  parent: number;
  start: string;
}

/**
 * Kills every descendant of the process, by process id and start time, and returns when all have ended; false when some
 * could not be ended. Throws when they cannot be read now. Never touches the process itself, this process, or this
 * process's ancestors and children.
 */
export async function endDescendants(of: ProcessIdentity, own: ProcessIdentity): Promise<boolean> {
  if (of.pid === own.pid || livenessOf(of, own) !== "alive") return true;
  const endMs = performance.now() + LONGEST_MS;
  for (;;) {
    // Read again each time, to find processes that started during the kills.
    const found = descendantsOf(of.pid, own.pid);
    if (found.length === 0) return true;
    if (performance.now() > endMs) return false;
    for (const process of found) kill(process);
    await wait(POLL_MS);
  }
}

function descendantsOf(pid: number, own: number): Seen[] {
  const all = allProcesses();
  const children = new Map<number, Seen[]>();
  for (const process of all.values()) {
    const siblings = children.get(process.parent) ?? [];
    siblings.push(process);
    children.set(process.parent, siblings);
  }
  const spared = new Set<number>();
  for (let at: number | undefined = own; at && !spared.has(at); at = all.get(at)?.parent) spared.add(at);
  const found: Seen[] = [];
  const queue = [...(children.get(pid) ?? [])];
  for (let process = queue.shift(); process; process = queue.shift()) {
    // This process's children are spared; its ancestors are only passed through.
    if (process.pid === own) continue;
    if (!spared.has(process.pid)) found.push(process);
    queue.push(...(children.get(process.pid) ?? []));
  }
  return found;
}

/** Returns the processes of this machine by their ids. Throws when they cannot be read now. */
export function allProcesses(): Map<number, Seen> {
  if (!HAS_PROC) return new Map(allByPs().map((shown) => [shown.pid, shown]));
  const all = new Map<number, Seen>();
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    try {
      const stat = statOf(pid);
      if (stat) all.set(pid, { pid, ...stat });
    } catch (error) {
      if (!isForbidden(error)) throw error;
    }
  }
  return all;
}

/** The start time is read again, so that a reused process id is left alone. */
function kill({ pid, start }: Seen): void {
  if (statOf(pid)?.start !== start) return;
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
