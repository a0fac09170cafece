/** Ends what a process has started, from outside of it: for one that stands still and cannot do it itself. */
import { readdirSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { isForbidden, livenessOf, type ProcessIdentity, statOf } from "./identity";
import { allByPs, HAS_PROC } from "./ps";

const LOOK_MS = 20;
/** A killed process that is still there by then is stuck in the kernel: nothing more can be done about it. */
const LONGEST_MS = 10_000;

interface Seen {
  pid: number;
  parent: number;
  start: string;
}

/**
 * Kills every descendant of the process, by process id and start time, and returns when none is left: false when some
 * could not be ended. Throws when they cannot be seen at present. Never touches the process itself, this one, or what this one descends from or has started.
 */
export async function endDescendants(of: ProcessIdentity, own: ProcessIdentity): Promise<boolean> {
  if (of.pid === own.pid || livenessOf(of, own) !== "alive") return true;
  const endMs = performance.now() + LONGEST_MS;
  for (;;) {
    // Looked at again each time: what was started while the first ones were killed goes, too.
    const found = descendantsOf(of.pid, own.pid);
    if (found.length === 0) return true;
    if (performance.now() > endMs) return false;
    for (const one of found) kill(one);
    await wait(LOOK_MS);
  }
}

function descendantsOf(pid: number, own: number): Seen[] {
  const all = processes();
  const children = new Map<number, Seen[]>();
  for (const one of all.values()) {
    const siblings = children.get(one.parent) ?? [];
    siblings.push(one);
    children.set(one.parent, siblings);
  }
  const spared = new Set<number>();
  for (let at: number | undefined = own; at && !spared.has(at); at = all.get(at)?.parent) spared.add(at);
  const found: Seen[] = [];
  const queue = [...(children.get(pid) ?? [])];
  for (let one = queue.shift(); one; one = queue.shift()) {
    // What this process has started stays; what lies above it is only passed through.
    if (one.pid === own) continue;
    if (!spared.has(one.pid)) found.push(one);
    queue.push(...(children.get(one.pid) ?? []));
  }
  return found;
}

function processes(): Map<number, Seen> {
  if (!HAS_PROC) return new Map(allByPs().map((one) => [one.pid, one]));
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

/** The start time is read once more, so that a process id that was used again in between is left alone. */
function kill({ pid, start }: Seen): void {
  if (statOf(pid)?.start !== start) return;
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
