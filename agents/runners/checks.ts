/**
 * Checks on runners: what the host checks of a tree runs on a pool of its own, in rooms made of snapshots, so that the
 * machine on which agents work has no say in what they are told to have shown. A check has no folder that lasts: one whose
 * runner goes away begins again at another one.
 */
import { chooseRunner } from "@/core/runners/choose";
import type { CheckPlace } from "@/db/runners/checks";
import type { Store } from "@/db/store";
import type { CellLink } from "@/lib/nats/port";
import type { PresenceRecord } from "@/lib/nats/wire";
import { placeCaller, RunnerError } from "@/lib/runner/caller";
import type { SnapshotStore } from "@/lib/snapshots/port";
import type { Timers } from "@/lib/time/timers";
import type { CheckRequest, CheckWorkplace, WorkplaceChecks } from "@/lib/workplace/checks";
import type { Room, Workplace, WorkplaceFolder } from "@/lib/workplace/port";
import { remoteWorkplace } from "@/lib/workplace/remote";
import { WorkspaceError } from "@/lib/workspace/path";
import { type Cell, untilChange } from "./cell";
import { removeEach, takeAway } from "./move";
import type { RunnerPlaces } from "./places";

export interface TreeChecks extends WorkplaceChecks {
  /** Removes what checks that have ended left on runners that are heard. Throws the first error at the end. */
  removeLeft(): Promise<void>;
}

interface CheckSources {
  cell: Cell | null;
  store: Pick<Store, "checks" | "places">;
  snapshots: SnapshotStore;
  timers: Timers;
  places: Pick<RunnerPlaces, "candidates">;
}

/** A runner that goes away in the middle of a check is chance; three times are not. */
const MOST_TRIES = 3;

export function createTreeChecks(sources: CheckSources): TreeChecks {
  const { checks, places } = sources.store;
  return {
    poolOf: checks.poolOf,
    async run(request, check) {
      const pool = checks.poolOf(request.tree);
      if (pool === null) return check(whereItWorks(request, (tree) => places.of(tree)?.runner ?? null));
      const tried = new Set<string>();
      for (let tries = 1; ; tries += 1) {
        const chosen = await chosenRunner(sources, { pool, tried }, request);
        tried.add(chosen.record.runner);
        try {
          return await checkAt(sources, chosen, request, check);
        } catch (error) {
          const isLost = error instanceof RunnerError || (error instanceof WorkspaceError && !isHeard(chosen));
          if (request.signal.aborted || !isLost || tries >= MOST_TRIES) throw error;
        }
      }
    },
    async removeLeft() {
      const link = sources.cell?.link() ?? null;
      if (link === null) return;
      await removeEach(checks.left(), async (place) => {
        if (place.isReplaced || (await isRemoved(link, place))) await checks.forget(place);
      });
    },
  };
}

function whereItWorks({ tree, own }: CheckRequest, runnerOf: (tree: string) => string | null): CheckWorkplace {
  return {
    commands: own.commands,
    room: own.room,
    get runner() {
      return runnerOf(tree);
    },
  };
}

interface ChosenRunner {
  link: CellLink;
  record: PresenceRecord;
}

function isHeard({ link, record }: ChosenRunner): boolean {
  return link.presence.list().some(({ runner, bootId }) => runner === record.runner && bootId === record.bootId);
}

/** Waits until a runner of the pool takes work. It need not be free: commands wait in its line. It needs room for the files. */
async function chosenRunner(
  { cell, places, store, timers }: CheckSources,
  { pool, tried }: { pool: string; tried: ReadonlySet<string> },
  { signal, onWait }: CheckRequest,
): Promise<ChosenRunner> {
  if (cell === null)
    throw new RunnerError(
      `This tree is checked on the pool ${pool}, and this server has no runners, so nothing was checked: set BANYAN_NATS.`,
      false,
    );
  for (;;) {
    signal.throwIfAborted();
    const link = cell.link();
    const inPool = places.candidates().filter((record) => record.pool === pool && !record.isDiskFull);
    // A runner that named its pool itself may be a machine on which agents work.
    const open = inPool.filter(({ runner }) => link?.presence.keyPoolOf(runner) === pool);
    const others = open.filter(({ runner }) => !tried.has(runner));
    const from = others.length > 0 ? others : open;
    const trees = store.places.treesOf();
    const record = chooseRunner(from, pool, (runner) => trees.get(runner) ?? 0) ?? from[0];
    if (link !== null && record !== undefined) return { link, record };
    const [unbound] = open.length === 0 ? inPool : [];
    onWait(
      unbound === undefined
        ? `Waits for a runner of the pool ${pool}`
        : `Waits for a runner whose key is for the pool ${pool}: npx banyan runner credentials ${unbound.runner} --pool ${pool}`,
    );
    await untilChange(cell, timers, LOOK_AGAIN_MS, signal);
  }
}

const LOOK_AGAIN_MS = 10_000;

async function checkAt<Result>(
  sources: CheckSources,
  { link, record: { runner, bootId } }: ChosenRunner,
  { task, now }: CheckRequest,
  check: (at: CheckWorkplace) => Promise<Result>,
): Promise<Result> {
  const { store, snapshots } = sources;
  const number = await store.checks.begin(task, runner);
  try {
    const caller = await placeCaller({ link, runner, bootId, place: number });
    const workplace = remoteWorkplace(folderOf(task), { caller, store: snapshots });
    const room = (name: string) => roomOf(workplace, workplace.room(name), now);
    return await check({ commands: workplace.commands, room, runner });
  } finally {
    await store.checks.end(task, number);
  }
}

/** A name that no tree has. Where its folder is only the runner knows. */
function folderOf(task: string): WorkplaceFolder {
  return { tree: `check-${task}`, task, owner: null, root: "/", cacheDir: "", hiddenPaths: [], isElsewhere: true };
}

/** The tree's folder, and the home in which its agents installed things, are elsewhere: the room has the snapshot, and itself. */
function roomOf(workplace: Workplace, room: Room, now: string): Room {
  const { files, snapshots } = workplace;
  return {
    ...room,
    async copyFolder(signal) {
      if (!(await files.isThere())) await snapshots.checkOut(now);
      await room.copyFolder(signal);
    },
    copy: async (name, signal) => roomOf(workplace, await room.copy(name, signal), now),
    run: ({ home, ...command }, live) => room.run({ ...command, ...(home === "own" && { home }) }, live),
  };
}

/**
 * Ends what runs of a check, and removes its folders. It asks with the next number: no check has it, and a runner ends
 * everything with an older number. Resolves with false when the runner is not heard, or does not answer.
 */
async function isRemoved(link: CellLink, { runner, task, number }: CheckPlace): Promise<boolean> {
  const heard = link.presence.list().find((record) => record.runner === runner);
  if (heard === undefined) return false;
  const place = { link, runner, bootId: heard.bootId, number: number + 1, tree: folderOf(task).tree };
  try {
    await takeAway(place);
    return true;
  } catch (error) {
    if (error instanceof RunnerError) return false;
    throw error;
  }
}
