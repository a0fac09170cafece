/**
 * Remembers outside the process which task it worked on last: a process that hangs or crashes cannot say it any more,
 * and its other tasks must not be counted as the cause.
 */
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

export interface AtWork {
  /** Notes the task that the worker works on from now on. Called at each step, so it costs one short write at most. */
  note(worker: number, task: string): void;
  /** Returns the task that a worker, also of an ended process, noted last; null when unknown. */
  last(worker: number): string | null;
  forget(worker: number): void;
}

/** Longer than a task's id, so that a shorter one replaces the one before it. */
const WIDTH = 64;

/** Nothing here throws: a note that cannot be written only means that the cause of a crash stays unknown. */
export function createAtWork(dataDir: string): AtWork {
  const folder = join(dataDir, "at-work");
  const fileOf = (worker: number) => join(folder, String(worker));
  let noted = { worker: -1, task: "" };
  let open: { worker: number; fd: number } | null = null;

  function opened(worker: number): number {
    if (open?.worker === worker) return open.fd;
    if (open) closeSync(open.fd);
    open = null;
    mkdirSync(folder, { recursive: true });
    open = { worker, fd: openSync(fileOf(worker), "w", 0o600) };
    return open.fd;
  }

  return {
    note(worker, task) {
      if (noted.worker === worker && noted.task === task) return;
      noted = { worker, task };
      try {
        writeSync(opened(worker), task.padEnd(WIDTH), 0);
      } catch {
        noted = { worker: -1, task: "" };
      }
    },
    last(worker) {
      try {
        return readFileSync(fileOf(worker), "utf8").trim() || null;
      } catch {
        return null;
      }
    },
    forget(worker) {
      if (open?.worker === worker) {
        closeSync(open.fd);
        open = null;
        noted = { worker: -1, task: "" };
      }
      rmSync(fileOf(worker), { force: true });
    },
  };
}
