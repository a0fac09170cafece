/**
 * What the worker that leads does about runners: it writes down what it hears, because pages are made by another process,
 * takes trees from runners that are drained or leave, and those that have ended, and removes what was left on runners.
 */
import type { HeardRunner } from "@/core/runners/state";
import type { SeenRunners } from "@/db/runners/places";
import type { Store } from "@/db/store";
import { areNeighbours, LEVEL } from "@/lib/runner/protocol";
import type { Timers } from "@/lib/time/timers";
import type { Cell } from "./cell";
import type { TreeChecks } from "./checks";
import type { RunnerPlaces } from "./places";

interface WatchSources {
  cell: Cell;
  places: RunnerPlaces;
  checks: TreeChecks;
  store: Pick<Store, "places">;
  timers: Timers;
  leads(): boolean;
  now(): number;
  report(message: string, error?: unknown): void;
}

const EVERY_MS = 5_000;
/** Silent runners are shown for this long. */
const GONE_MS = 24 * 3_600_000;
/** What has not changed is written anew after this time, so that pages see that it is true. */
const AGAIN_MS = 60_000;

/** Returns its end. */
export function startRunnerWatch(sources: WatchSources): () => Promise<void> {
  let running: Promise<void> | null = null;
  const told = new Set<string>();
  /** It is tried every few seconds, and says the same each time. */
  const reportLeft = (error: unknown) => {
    if (!told.has(String(error))) sources.report(NOT_REMOVED, error);
    told.add(String(error));
  };
  const look = () => {
    if (running !== null || !sources.leads()) return;
    running = watch(sources, reportLeft)
      .catch((error) => sources.report("What runners say could not be written down.", error))
      .finally(() => {
        running = null;
      });
  };
  const endEvery = sources.timers.every(EVERY_MS, look);
  const endHearing = sources.cell.onChange(look);
  look();
  return async () => {
    endEvery();
    endHearing();
    await running;
  };
}

const NOT_REMOVED = "What work left on a runner could not be removed. It is tried again.";

async function watch(sources: WatchSources, reportLeft: (error: unknown) => void): Promise<void> {
  await writeDown(sources);
  await moveAway(sources);
  // The server may have died between the end of a tree and this.
  for (const tree of sources.store.places.endedPlaced()) await sources.places.moveAway(tree, true);
  await sources.places.removeLeft().catch(reportLeft);
  await sources.checks.removeLeft().catch(reportLeft);
}

async function writeDown({ cell, places, store, now }: WatchSources): Promise<void> {
  const before = store.places.seen();
  const nowMs = now();
  const seen: SeenRunners = {
    atMs: nowMs,
    problem: cell.problem(),
    runners: heardOf(cell, before, nowMs),
    held: heldPools(places, store).map((pool) => ({
      pool,
      sinceMs: before?.held.find((one) => one.pool === pool)?.sinceMs ?? nowMs,
    })),
  };
  const isOld = before === null || Math.abs(nowMs - before.atMs) > AGAIN_MS;
  if (isOld || JSON.stringify({ ...before, atMs: 0 }) !== JSON.stringify({ ...seen, atMs: 0 }))
    await store.places.setSeen(seen);
}

/** Pools in which tasks wait. One whose trees only use what they have is full, and holds up nobody. */
function heldPools(places: RunnerPlaces, store: WatchSources["store"]): string[] {
  const open = places.openPools() ?? [];
  const ready = store.places.ready();
  return store.places.pools().filter((pool) => !open.includes(pool) && (ready.get(pool) ?? 0) > 0);
}

/** Returns the runners that are heard, and those that went silent without a word. While NATS is away, what was known before. */
function heardOf(cell: Cell, before: SeenRunners | null, nowMs: number): HeardRunner[] {
  const known = before?.runners ?? [];
  const link = cell.link();
  if (link === null) return known;
  const heard = link.presence.list().map(({ runner, pool, slots, free, isDiskFull, architecture, version, level }) => {
    return {
      runner,
      pool,
      slots,
      // Its pages show what it takes, not what it could.
      free: isDiskFull ? 0 : free,
      architecture,
      version,
      isNeighbour: areNeighbours(level, LEVEL),
      goneSinceMs: null,
    };
  });
  const names = new Set(heard.map(({ runner }) => runner));
  const silent = known
    .filter(
      ({ runner, slots, goneSinceMs }) => !names.has(runner) && slots > 0 && nowMs - (goneSinceMs ?? nowMs) < GONE_MS,
    )
    .map((runner) => ({ ...runner, goneSinceMs: runner.goneSinceMs ?? nowMs }));
  return [...heard, ...silent].sort((a, b) => (a.runner < b.runner ? -1 : 1));
}

/** A tree whose operations rest is taken to another runner of its pool, with what its folders hold. */
async function moveAway({ cell, places, store }: WatchSources): Promise<void> {
  const link = cell.link();
  if (link === null) return;
  const open = new Set(places.candidates().map(({ runner }) => runner));
  for (const { runner, slots } of link.presence.list()) {
    if (open.has(runner)) continue;
    const isDrained = slots === 0 || store.places.drains().some((drain) => drain.runner === runner);
    if (!isDrained) continue;
    for (const tree of store.places.placed(runner)) await places.moveAway(tree);
  }
}
