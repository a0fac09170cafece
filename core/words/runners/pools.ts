/** What a pool of runners can do now, for a person who chooses one. Pure. */
import type { PoolState } from "@/core/runners/shapes";
import { plural } from "@/core/words/figures";

/** Returns the pool with its free slots, as a choice of a list. */
export function poolWords(name: string, pools: readonly PoolState[]): string {
  const pool = poolCalled(name, pools);
  if (!pool?.runners) return `${name}, no runner now`;
  return `${name}, ${pool.free} free of ${plural(pool.slots, "slot")}`;
}

/** Returns what the choice of the pool means for the task; null: nothing beyond its words. `isUsual`: nobody names the pool. */
export function poolHint(name: string, { isUsual }: { isUsual: boolean }, pools: readonly PoolState[]): string | null {
  const where = isUsual ? `Works on the pool ${name} where it can, else on this server.` : null;
  return [where, waitOf(poolCalled(name, pools))].filter((one) => one !== null).join(" ") || null;
}

/** Returns for what a task of the pool waits; null: it can begin. */
function waitOf(pool: PoolState | undefined): string | null {
  if (!pool?.runners) return "No runner of the pool is there now: the task waits until one is.";
  return pool.free > 0 ? null : "No slot of the pool is free now: the task waits until one is.";
}

const poolCalled = (name: string, pools: readonly PoolState[]) => pools.find((one) => one.name === name);
