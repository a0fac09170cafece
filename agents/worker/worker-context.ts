/** The state of a worker: its leases, and the last signs of life of its tasks and of other workers. */
import type { StateCache } from "@/agents/turn/open-task";
import type { World } from "@/agents/turn/world";
import type { Claiming } from "@/core/log/limits";
import type { WorkerRole } from "@/db/log/workers";
import type { Store } from "@/db/store";
import type { AtWork } from "@/lib/process/at-work";
import type { endDescendants } from "@/lib/process/descendants";
import type { livenessOf, ProcessIdentity } from "@/lib/process/identity";
import type { QueueClock } from "./queue-clock";

export interface WorkerOptions {
  role: WorkerRole;
  identity: ProcessIdentity;
  address?: string;
  slots: number;
  /** Works only on this tree: `run` without a server works on its own tree only. `none` until `workOn` names one. */
  treeId?: number | "none";
  /** Returns the governor's last decision; absent: no limits. */
  claiming?: () => Claiming;
  /** Remembers the task at work for the case that this process hangs or crashes; absent: nobody learns it. */
  atWork?: AtWork;
  report(message: string, error?: unknown): void;
  /** Milliseconds; tests and the simulation use shorter ones. */
  pollMs?: number;
  heartbeatMs?: number;
  /** Monotonic clock in milliseconds. */
  monotonic?: () => number;
  /** Returns whether the process behind a worker's row is alive. */
  liveness?: typeof livenessOf;
  /** Ends the programs of a frozen process, and returns when they are dead. */
  endDescendants?: typeof endDescendants;
}

export interface WorkerContext {
  world: World;
  store: Store;
  options: WorkerOptions;
  cache: StateCache;
  monotonic(): number;
  /** The id of the worker's row; -1 before it has a row. */
  id: number;
  /** The last successful heartbeat: until then no other worker took this one for dead. */
  beatAtMs: number;
  /** Running tasks by their uids, each with the lease of its claim. */
  running: Map<string, { lease: number; controller: AbortController }>;
  /** Promises that settle when the work on a task has ended. */
  done: Map<string, Promise<void>>;
  /** The other workers' heartbeats, and since when each is unchanged. */
  seen: Map<number, { heartbeat: number; sinceMs: number }>;
  /** The last sign of life of each task, and how long the next one may take. */
  signs: Map<string, { atMs: number; forMs: number }>;
  /** How long tasks wait for a slot. */
  queue: QueueClock;
  /** The only tree to claim tasks of. */
  claims: number | "all" | "none";
  draining: boolean;
  /** Background programs were already ended for the present halt. */
  isHalted: boolean;
  isBeating: boolean;
}

/**
 * A worker whose heartbeat is unchanged for this long loses its leases, even when its process is alive or not visible.
 */
export const STILL_MS = 30_000;
