/** What a worker knows: the leases that it works under, and when it last heard of whom. */

import type { StateCache } from "@/agents/turn/open-task";
import type { World } from "@/agents/turn/world";
import type { WorkerRole } from "@/db/log/workers";
import type { Store } from "@/db/store";
import type { endDescendants } from "@/lib/process/descendants";
import type { livenessOf, ProcessIdentity } from "@/lib/process/identity";

export interface WorkerOptions {
  role: WorkerRole;
  identity: ProcessIdentity;
  address?: string;
  slots: number;
  /** Only tasks of this tree: `run` without a server works on its own tree alone. */
  treeId?: number;
  report(message: string, error?: unknown): void;
  /** Milliseconds; tests and the simulation use shorter ones. */
  pollMs?: number;
  heartbeatMs?: number;
  /** Monotonic clock in milliseconds. */
  monotonic?: () => number;
  /** Whether the process behind a worker's row lives. */
  liveness?: typeof livenessOf;
  /** Ends what a process that stands still has started, and returns when it is dead. */
  endDescendants?: typeof endDescendants;
}

export interface WorkerContext {
  world: World;
  store: Store;
  options: WorkerOptions;
  cache: StateCache;
  monotonic(): number;
  /** Of its row; -1 before it has one. */
  id: number;
  /** Until then this worker was certainly not taken for dead. */
  beatAtMs: number;
  /** Tasks at work, by their uids, each under the lease that it was claimed with. */
  running: Map<string, { lease: number; controller: AbortController }>;
  /** Settle when the work on a task has ended. */
  done: Map<string, Promise<void>>;
  /** Heartbeats of the other workers, and since when they stand there. */
  seen: Map<number, { heartbeat: number; sinceMs: number }>;
  /** When something was last heard of a task, and for how long nothing need be. */
  signs: Map<string, { atMs: number; forMs: number }>;
  draining: boolean;
  isHeldBack: boolean;
  /** What runs in the background was ended for the halt that stands. */
  isHalted: boolean;
  isBeating: boolean;
}

/** A living worker, or one that cannot be seen, loses its leases when its heartbeat stood still for so long. */
export const STILL_MS = 30_000;
