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

/**
 * Returns its end, which waits for no runner: a tree that is half moved is moved again by the next worker that leads. What is
 * heard is written down at once, also while a runner is slow to give its trees away.
 */
export function startRunnerWatch(sources: WatchSources): () => void {
  const lines = [
    lineOf(sources, "What runners say could not be written down.", () => writeDown(sources)),
    lineOf(sources, "Trees could not be taken from a runner.", () => moveAway(sources)),
    lineOf(sources, "What work left on runners could not be removed. It is tried again.", sources.places.removeLeft),
    lineOf(sources, "What checks left on runners could not be removed. It is tried again.", sources.checks.removeLeft),
  ];
  const look = () => {
    for (const line of lines) line.look();
  };
  const endEvery = sources.timers.every(EVERY_MS, look);
  const endHearing = sources.cell.onChange(look);
  look();
  return () => {
    endEvery();
    endHearing();
    for (const line of lines) line.end();
  };
}

/** Returns work that runs once at a time, and once more when it is asked for meanwhile: what it has read may be old. */
function lineOf({ leads, report }: WatchSources, failed: string, work: () => Promise<void>) {
  let running: Promise<void> | null = null;
  let isAsked = false;
  let isEnded = false;
  /** It is tried every few seconds, and may fail in the same way each time. */
  let told = "";
  const look = () => {
    isAsked = running !== null;
    if (isAsked || isEnded || !leads()) return;
    running = work()
      .then(
        () => {
          told = "";
        },
        (error) => {
          if (told !== String(error) && !isEnded) report(failed, error);
          told = String(error);
        },
      )
      .finally(() => {
        running = null;
        if (isAsked) look();
      });
  };
  const end = () => {
    isEnded = true;
  };
  return { look, end };
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

/**
 * A tree whose operations rest is taken from a runner that is drained to another one of its pool, with what its folders hold,
 * and from each runner when it has ended: the server may have died before. Runners at once: one may not answer.
 */
async function moveAway({ cell, places, store }: WatchSources): Promise<void> {
  const link = cell.link();
  if (link === null) return;
  const open = new Set(places.candidates().map(({ runner }) => runner));
  const drains = new Set(store.places.drains().map(({ runner }) => runner));
  const ended = new Set(store.places.endedPlaced());
  const ofRunner = async ({ runner, slots }: { runner: string; slots: number }) => {
    const isDrained = !open.has(runner) && (slots === 0 || drains.has(runner));
    for (const tree of store.places.placed(runner))
      if (isDrained || ended.has(tree)) await places.moveAway(tree, ended.has(tree));
  };
  await Promise.all(link.presence.list().map(ofRunner));
}
