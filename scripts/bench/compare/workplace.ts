/** The folder in which a comparison works: below `dist/bench`, and removed at its end, also after Ctrl-C. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { constants } from "node:os";
import path from "node:path";
import { isAlive } from "@/lib/process/identity";
import { Stopped } from "./problem";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export interface Workplace {
  /** On the checkout's disk, because a temporary folder may be in memory, where a commit costs nothing. */
  folder: string;
  /** Aborted when a signal ends the comparison; every child has to end then. */
  signal: AbortSignal;
}

/** Throws `Stopped` after a signal, when the work has ended and the folder is gone. */
export async function withWorkplace<Result>(
  root: string,
  work: (place: Workplace) => Promise<Result>,
): Promise<Result> {
  const folder = makeFolder(root);
  const stop = new AbortController();
  let received: (typeof SIGNALS)[number] | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    received ??= SIGNALS.find((known) => known === signal);
    stop.abort();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    return await work({ folder, signal: stop.signal });
  } catch (error) {
    if (received === undefined) throw error;
    throw new Stopped(128 + constants.signals[received]);
  } finally {
    // A program that is about to end may still write into it.
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}

function makeFolder(root: string): string {
  const above = path.join(root, "dist", "bench");
  mkdirSync(above, { recursive: true });
  // The next comparison removes the leftovers of one that was killed.
  for (const name of readdirSync(above)) {
    const pid = Number(/^compare-(\d+)-/.exec(name)?.[1]);
    if (pid > 0 && !isAlive(pid)) rmSync(path.join(above, name), { recursive: true, force: true });
  }
  const folder = mkdtempSync(path.join(above, `compare-${process.pid}-`));
  // Readable like a checkout, because sandboxed tools of another user start programs in it.
  chmodSync(folder, 0o755);
  return folder;
}
