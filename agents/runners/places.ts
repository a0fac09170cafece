/**
 * Which runner has a tree's folders. A tree without a pool works on the server's machine. One with a pool gets a place
 * before a task uses its folders, and another one when its runner is gone or drained. The number of a place grows, and
 * runners refuse older ones, so that no two of them work for one tree.
 */
import { chooseRunner, openPools } from "@/core/runners/choose";
import type { LeftPlace, Place } from "@/db/runners/places";
import type { Store } from "@/db/store";
import type { CellLink } from "@/lib/nats/port";
import type { PresenceRecord } from "@/lib/nats/wire";
import { RunnerError } from "@/lib/runner/caller";
import { areNeighbours, LEVEL } from "@/lib/runner/protocol";
import type { SnapshotStore } from "@/lib/snapshots/port";
import { orAborted } from "@/lib/time/or-aborted";
import type { Timers } from "@/lib/time/timers";
import type { Workplaces } from "@/lib/workplace/port";
import { WorkspaceError } from "@/lib/workspace/path";
import { type Cell, untilChange } from "./cell";
import {
  basesOf,
  endProgramsAt,
  hasMoved,
  isThereAt,
  type LivePlace,
  makeReady,
  movedTo,
  NotMadeError,
  removeEach,
  takeAway,
  worksAt,
} from "./move";

export interface PlaceSources {
  cell: Cell | null;
  store: Pick<Store, "places" | "loader">;
  snapshots: SnapshotStore;
  /** Workplaces of the server's machine, where the folder of a new tree is made. */
  local: Workplaces;
  timers: Timers;
}

/** What turns and workers know of places. */
export interface TreePlaces {
  /** Returns the pools whose tasks start: one of their runners has a free slot. Null: no tree has a pool. */
  openPools(): readonly string[] | null;
  isPlaced(treeUid: string): boolean;
  /** Whether no runner of the tree's pool takes work now. */
  isWithout(treeUid: string): boolean;
  /** Makes sure that a runner has the tree's folders, and answers. Throws RunnerError, and the signal's reason. */
  settle(treeUid: string, signal?: AbortSignal): Promise<SettledPlace>;
}

interface SettledPlace extends Place {
  runner: string;
  bootId: string;
}

/** For processes without runners. */
export const NO_PLACES: TreePlaces = {
  openPools: () => null,
  isPlaced: () => false,
  isWithout: () => false,
  settle: () => Promise.reject(new WorkspaceError("This process has no runners.")),
};

export interface RunnerPlaces extends TreePlaces {
  /** Returns the link and the place of a call that began at this place, or that it has left; null: it is not reached. */
  liveAt(treeUid: string, at: { number: number; runner: string }): LivePlace | null;
  link(): CellLink;
  /** Whether the tree still has the place of this number. */
  isAt(treeUid: string, number: number | null): boolean;
  /** Waits while the tree moves, and then notes that one of its operations runs. Resolves with its end. */
  begin(treeUid: string): Promise<() => void>;
  /** Notes that the runner has answered for the tree. */
  heard(treeUid: string, number: number): void;
  /** Ends the programs of a task, and calls that still run for it. Never rejects: a runner that is gone has ended them. */
  endProgramsOf(taskUid: string): Promise<void>;
  /** Does the same for all trees. */
  endAllPrograms(): Promise<void>;
  /** Takes the folders of a tree that has ended from its runner. Never rejects: a runner that is gone has nothing. */
  leave(treeUid: string): Promise<void>;
  /**
   * Takes a tree from a runner that it should leave, unless one of its operations runs. `hasEnded`: nobody waits for what a
   * former process of the server left running. Never rejects.
   */
  moveAway(treeUid: string, hasEnded?: boolean): Promise<void>;
  /** Removes what trees left on runners that did not answer then and are heard now. Throws the first error at the end. */
  removeLeft(): Promise<void>;
  /** Runners of this level, without those that are drained. */
  candidates(): PresenceRecord[];
}

/** How long a tree waits for a place before its call fails. It sees a dead runner go, which takes 20 s. */
const SETTLE_MS = 60_000;
const LOOK_MS = 1_000;
/** After so many runners that cannot write a tree's folders, the fault is the tree's. */
const MOST_UNFIT = 3;
/** A place that answered this short ago is there. */
const FRESH_MS = 1_000;

interface PlacesContext extends PlaceSources {
  settling: Map<string, Promise<SettledPlace>>;
  /** Trees that are being taken from their runner. Never rejects. */
  moving: Map<string, Promise<void>>;
  /** Operations that run, by tree. */
  running: Map<string, number>;
  /** When a place last answered, by tree. */
  answered: Map<string, { number: number; atMs: number }>;
}

export function createPlacing(sources: PlaceSources): RunnerPlaces {
  const context: PlacesContext = {
    ...sources,
    settling: new Map(),
    moving: new Map(),
    running: new Map(),
    answered: new Map(),
  };
  const { store } = sources;
  // Without NATS, a server may still have trees of pools, of the time when it had NATS: they wait, and say so.
  const isUnused = sources.cell === null && store.places.pools().length === 0;
  return {
    openPools: () => (isUnused ? null : openPools(candidates(context))),
    isPlaced: (treeUid) => !isUnused && store.places.of(treeUid) !== null,
    isWithout(treeUid) {
      if (isUnused) return false;
      const place = store.places.of(treeUid);
      return place !== null && !candidates(context).some(({ pool }) => pool === place.pool);
    },
    settle: (treeUid, signal) => settle(context, treeUid, signal),
    liveAt(treeUid, at) {
      const place = store.places.of(treeUid);
      if (place === null || place.number !== at.number || place.runner !== at.runner) return null;
      return liveOf(context, place);
    },
    link: () => linkOf(context),
    isAt: (treeUid, number) => store.places.of(treeUid)?.number === number,
    async begin(treeUid) {
      while (context.moving.has(treeUid)) await context.moving.get(treeUid);
      context.running.set(treeUid, (context.running.get(treeUid) ?? 0) + 1);
      return () => {
        const left = (context.running.get(treeUid) ?? 1) - 1;
        if (left > 0) context.running.set(treeUid, left);
        else context.running.delete(treeUid);
      };
    },
    heard: (treeUid, number) => void context.answered.set(treeUid, { number, atMs: performance.now() }),
    async endProgramsOf(taskUid) {
      const place = store.places.ofTask(taskUid);
      const live = place && liveOf(context, place);
      if (live) await endProgramsAt(live, taskUid).catch(() => undefined);
    },
    async endAllPrograms() {
      const live = store.places.placed().flatMap((tree) => liveOf(context, store.places.of(tree)) ?? []);
      await Promise.all(live.map((place) => endProgramsAt(place, null).catch(() => undefined)));
    },
    leave: (treeUid) => leave(context, treeUid).catch(() => undefined),
    async moveAway(treeUid, hasEnded = false) {
      if ([context.running, context.settling, context.moving].some((trees) => trees.has(treeUid))) return;
      const place = store.places.of(treeUid);
      const live = liveOf(context, place);
      // Without another runner, its folders are kept on the server until one comes.
      if (place && live) await (hasEnded ? givenBack : movedAway)(context, place, live).catch(() => false);
    },
    async removeLeft() {
      const link = context.cell?.link() ?? null;
      if (link === null) return;
      await removeEach(store.places.left(), async (left) => {
        if (await isEmptied(context, link, left)) await store.places.forget(left);
      });
    },
    candidates: () => candidates(context),
  };
}

function linkOf({ cell }: PlacesContext): CellLink {
  const link = cell?.link() ?? null;
  if (link !== null) return link;
  throw new RunnerError(
    cell === null
      ? "This tree works on runners, and this server has none: set BANYAN_NATS, or start the work again without a pool."
      : `The server has no connection with its runners, so nothing was done. ${cell.problem()}`,
    false,
  );
}

/** Runners that take new work, of a level that this server understands. */
function candidates({ cell, store }: PlacesContext): PresenceRecord[] {
  const link = cell?.link() ?? null;
  if (link === null) return [];
  const drained = new Set(store.places.drains().map(({ runner }) => runner));
  return link.presence
    .list()
    .filter(({ runner, slots, level }) => slots > 0 && areNeighbours(level, LEVEL) && !drained.has(runner));
}

/** Returns the place when its runner is heard, in the same start of its process. */
function liveOf(context: PlacesContext, place: Place | null): LivePlace | null {
  if (place === null) return null;
  const { runner, bootId, number } = place;
  const link = context.cell?.link() ?? null;
  if (link === null || runner === null || bootId === null) return null;
  const isHeard = link.presence.list().some((record) => record.runner === runner && record.bootId === bootId);
  return isHeard ? { link, runner, bootId, number, tree: place.tree } : null;
}

/** A stop of one task does not end what other tasks of the tree wait for too. */
function settle(context: PlacesContext, treeUid: string, signal?: AbortSignal): Promise<SettledPlace> {
  signal?.throwIfAborted();
  let running = context.settling.get(treeUid);
  if (running === undefined) {
    running = settleNow(context, treeUid).finally(() => context.settling.delete(treeUid));
    context.settling.set(treeUid, running);
  }
  const settling = running;
  return signal === undefined ? settling : orAborted(() => settling, signal);
}

async function settleNow(context: PlacesContext, treeUid: string): Promise<SettledPlace> {
  const endMs = performance.now() + SETTLE_MS;
  const unfit = new Set<string>();
  for (;;) {
    const place = context.store.places.of(treeUid);
    if (place === null) throw new WorkspaceError("This tree works on the server's machine.");
    const settled = await tryPlace(context, place, unfit);
    if (settled === "again") continue;
    if (settled !== null) return settled;
    if (performance.now() > endMs || context.cell === null) throw noPlace(context, place);
    await untilChange(context.cell, context.timers, Math.min(LOOK_MS, Math.max(0, endMs - performance.now())));
  }
}

function noPlace(context: PlacesContext, { pool }: Place): RunnerError {
  linkOf(context);
  return new RunnerError(
    `No runner of the pool ${pool} takes work now, so nothing was done. The task goes on when one does.`,
    false,
  );
}

/**
 * Returns the place when it answers, "again" after a move, and null when there is nowhere to go now. `unfit`: the runners that
 * could not write the tree's folders, or knew a newer place of it.
 */
async function tryPlace(
  context: PlacesContext,
  place: Place,
  unfit: Set<string>,
): Promise<SettledPlace | "again" | null> {
  if (context.cell?.link() === null || context.cell === null) return null;
  const live = liveOf(context, place);
  const open = candidates(context);
  const isOpen = live !== null && open.some(({ runner }) => runner === live.runner);
  if (live !== null) {
    if (!isOpen && mayLeave(context, place, open) && (await movedAway(context, place, live))) return "again";
    try {
      const answer = await answers(context, place, live);
      if (answer === "ready") return { ...place, ...live } as SettledPlace;
      if (answer === "silent" || unfit.has(live.runner)) return null;
      unfit.add(live.runner);
      return (await moveTo(context, place, open, true)) ? "again" : null;
    } catch (error) {
      unfit.add(live.runner);
      const others = open.filter(({ runner }) => !unfit.has(runner));
      const isMoved =
        error instanceof NotMadeError && unfit.size < MOST_UNFIT && (await moveTo(context, place, others));
      if (isMoved) return "again";
      throw error;
    }
  }
  return (await moveTo(context, place, open, place.runner !== null)) ? "again" : null;
}

/** Gives the tree to one of these runners, with its newest snapshots. Returns false when none is of its pool. */
async function moveTo(
  context: PlacesContext,
  place: Place,
  open: readonly PresenceRecord[],
  isLost = false,
): Promise<boolean> {
  const trees = context.store.places.treesOf();
  const to = chooseRunner(open, place.pool, (runner) => trees.get(runner) ?? 0) ?? anyOf(open, place.pool);
  if (to === null) return false;
  const { runner, bootId } = to;
  await movedTo(context, place, { runner, bootId, isLost });
  return true;
}

/** A tree leaves a runner that is drained when another one is there, and none of this process's operations runs. */
function mayLeave({ running }: PlacesContext, { tree, pool }: Place, open: readonly PresenceRecord[]): boolean {
  return (running.get(tree) ?? 0) === 0 && anyOf(open, pool) !== null;
}

async function leave(context: PlacesContext, treeUid: string): Promise<void> {
  const place = context.store.places.of(treeUid);
  const live = liveOf(context, place);
  if (place && live) await givenBack(context, place, live);
}

/**
 * Gives the tree back unless one of its calls runs there: the runner knows also those of a server that was started again
 * meanwhile, and of another worker. Returns false when the tree stays.
 */
async function movedAway(context: PlacesContext, place: Place, live: LivePlace): Promise<boolean> {
  return givenBack(context, place, live, () => worksAt(live));
}

/**
 * Takes snapshots of the tree's folders, and removes them from the runner; its next place begins with them. Operations that
 * begin meanwhile wait. Returns false when the runner does not answer, or something there holds the tree.
 */
async function givenBack(
  context: PlacesContext,
  place: Place,
  live: LivePlace,
  isHeld: () => Promise<boolean> = async () => false,
): Promise<boolean> {
  const { moving, store } = context;
  const { tree, number } = place;
  const work = async () => {
    if (await isHeld()) return false;
    await endProgramsAt(live, null);
    const base = await basesOf(context, place, live);
    const left = await store.places.move(tree, number, { runner: null, bootId: null, base, isLost: false });
    // What is not removed now is removed when its runner is heard again.
    if (left !== null)
      await takeAway(live)
        .then(() => store.places.forget(live))
        .catch(() => undefined);
    return true;
  };
  const running = work();
  const settled = running.then(
    () => {},
    () => {},
  );
  moving.set(tree, settled);
  try {
    return await running;
  } catch (error) {
    if (hasMoved(error)) return (await movedTo(context, place, { runner: null, bootId: null, isLost: true })) !== null;
    if (error instanceof WorkspaceError) return false;
    throw error;
  } finally {
    if (moving.get(tree) === settled) moving.delete(tree);
  }
}

/**
 * Removes a place that its tree has left. It asks with the next number: the tree has no such place there, and a runner ends
 * everything with an older number. Returns false when the runner is not heard, or does not answer.
 */
async function isEmptied({ store }: PlacesContext, link: CellLink, left: LeftPlace): Promise<boolean> {
  const heard = link.presence.list().find(({ runner }) => runner === left.runner);
  if (heard === undefined) return false;
  // Each start begins empty, and a newer place of the tree in this start begins with the removal of the older one.
  if (heard.bootId !== left.bootId) return true;
  const place = store.places.of(left.tree);
  if (place?.runner === left.runner && place.bootId === left.bootId) return true;
  try {
    await takeAway({ ...left, link, number: left.number + 1 });
    return true;
  } catch (error) {
    if (error instanceof WorkspaceError) return false;
    throw error;
  }
}

/** A file call needs no slot, so a tree of a busy pool still has a place. */
function anyOf(open: readonly PresenceRecord[], pool: string): PresenceRecord | null {
  const ofPool = open.filter((record) => record.pool === pool);
  return ofPool.find(({ isDiskFull }) => !isDiskFull) ?? ofPool[0] ?? null;
}

/** Makes the folder ready at a new place; "silent": the runner does not answer; "moved": it knows a newer place of the tree. */
async function answers(context: PlacesContext, place: Place, live: LivePlace): Promise<"ready" | "silent" | "moved"> {
  const known = context.answered.get(place.tree);
  const isReady = known?.number === place.number;
  if (isReady && performance.now() - known.atMs < FRESH_MS) return "ready";
  try {
    if (isReady) await isThereAt(live);
    else await makeReady(context, place, live);
  } catch (error) {
    if (error instanceof RunnerError) return hasMoved(error) ? "moved" : "silent";
    throw error;
  }
  context.answered.set(place.tree, { number: place.number, atMs: performance.now() });
  return "ready";
}
