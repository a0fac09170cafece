/** Places of trees on runners, and what a person decided about runners. Each write is one transaction. */
import type { HeardRunner } from "@/core/runners/state";
import type { Sqlite } from "@/db/file/client";
import { createFacts } from "@/db/file/facts";
import type { Writes } from "@/db/file/writes";
import { HALTED } from "@/db/records/halt";

/** A snapshot with which a folder begins at a place. `after`: the newest one that a record named when it was taken. */
interface PlaceBase {
  commit: string;
  after: string | null;
  /** What the folder had at its place before and the snapshot does not: paths, each with the reason when one is known. */
  leftOut?: string[];
}

/** Where a tree works. */
export interface Place {
  treeId: number;
  /** Public id. */
  tree: string;
  pool: string;
  /** Grows each time the tree moves, with the time in it; 0 before its first place. */
  number: number;
  /** Null: it has no place now. */
  runner: string | null;
  /** The start of the runner's process. */
  bootId: string | null;
  /** The newest place that began without what was changed after the snapshots, because the runner before was gone. */
  lostNumber: number;
  /** How its folders began at this place, by the task whose own folder it is; "" is the tree's. */
  base: Record<string, PlaceBase>;
}

/** What the worker that leads saw last. */
export interface SeenRunners {
  atMs: number;
  /** Null: NATS is there. Else one sentence. */
  problem: string | null;
  runners: HeardRunner[];
  /** Pools that start no task now, since when. */
  held: { pool: string; sinceMs: number }[];
}

interface Drain {
  runner: string;
  by: string;
  atMs: number;
}

interface PlacedTree {
  id: string;
  title: string;
  pool: string;
  runner: string | null;
  number: number;
  /** Its tasks that run now. */
  running: number;
}

interface NextPlace extends Pick<Place, "runner" | "bootId" | "base"> {
  /** What was changed after the snapshots is gone. */
  isLost: boolean;
}

/** A place that a tree has left, while its runner may still have the tree's folders. */
export interface LeftPlace {
  /** Public id. */
  tree: string;
  runner: string;
  bootId: string;
  /** The last number before that of the tree's next place, which may be larger than the runner's. */
  number: number;
}

export interface Places {
  /** Returns the tree's place; null: it works on the server's machine. */
  of(treeUid: string): Place | null;
  /** Returns the place of a task's tree by the task's public id. */
  ofTask(taskUid: string): Place | null;
  /** Moves the tree from its place `number`. Resolves with the new place, or null when another process moved it meanwhile. */
  move(tree: string, number: number, to: NextPlace): Promise<Place | null>;
  /** Returns the places that trees have left and of which nobody knows yet that they are empty. */
  left(): LeftPlace[];
  /** Notes that nothing is left there. */
  forget(place: LeftPlace): Promise<void>;
  /** Returns how many trees have a place on each runner. Those that end leave theirs. */
  treesOf(): Map<string, number>;
  /** Returns how many ready tasks of each pool wait for a claim. */
  ready(): Map<string, number>;
  /** Returns the trees that have not ended and have a pool, the newest first. */
  open(limit: number): PlacedTree[];
  /** Returns how many trees of each pool have not ended. */
  openByPool(): Map<string, number>;
  /** Returns the pools of trees that have not ended. */
  pools(): string[];
  /** Returns public ids of all trees with a place on this runner, or on any; also of ended trees. */
  placed(runner?: string): string[];
  /** Returns public ids of trees that have ended and still have a place. */
  endedPlaced(): string[];
  /** Returns public ids of the tasks that have own folders in the tree. */
  ownFolders(treeId: number): string[];
  seen(): SeenRunners | null;
  setSeen(seen: SeenRunners): Promise<void>;
  drains(): Drain[];
  drain(runner: string, by: string): Promise<void>;
  /** Resolves with false when it was not drained. */
  endDrain(runner: string): Promise<boolean>;
}

/** The name of the row in `facts` with what was seen. */
export const SEEN_RUNNERS = "runners";
const LEFT_PLACES = "left places";
/** A runner that is gone for good never says that its places are empty. */
const MOST_LEFT = 1_000;

type PlaceRow = Omit<Place, "base"> & { base: string };

export function createPlaces(sqlite: Sqlite, log: Writes): Places {
  const run = statements(sqlite);
  const facts = createFacts(sqlite);
  const left = () => JSON.parse(facts.read(LEFT_PLACES) ?? "[]") as LeftPlace[];
  const setLeft = (places: LeftPlace[]) => facts.write(LEFT_PLACES, JSON.stringify(places.slice(-MOST_LEFT)));
  const others = (place: LeftPlace) => left().filter((one) => !isSameStart(one, place) || one.tree !== place.tree);
  const counts = (rows: unknown[]) =>
    new Map((rows as { name: string; count: number }[]).map(({ name, count }) => [name, count]));
  return {
    of: (treeUid) => placeIn(run.ofTree.get(treeUid)),
    ofTask: (taskUid) => placeIn(run.ofTask.get(taskUid)),
    move: (tree, number, { runner, bootId, base, isLost }) =>
      log.write(({ nowMs }) => {
        const to = { runner, bootId, base: JSON.stringify(base), isLost: isLost ? 1 : 0 };
        const before = placeIn(run.ofTree.get(tree));
        const moved = run.move.run({ tree, number, ...to, now: nowMs });
        const after = placeIn(run.ofTree.get(tree));
        if (moved.changes === 0 || after === null) return null;
        if (before?.runner && before.bootId) {
          const place = { tree, runner: before.runner, bootId: before.bootId, number: after.number - 1 };
          setLeft([...others(place), place]);
        }
        return after;
      }),
    left,
    forget: (place) => log.write(() => setLeft(others(place))),
    treesOf: () => counts(run.treesOf.all()),
    ready: () => counts(run.ready.all()),
    open: (limit) => run.open.all(limit) as PlacedTree[],
    openByPool: () => counts(run.openByPool.all()),
    pools: () => run.pools.all() as string[],
    placed: (runner) => run.placed.all({ runner: runner ?? null }) as string[],
    endedPlaced: () => run.endedPlaced.all() as string[],
    ownFolders: (treeId) => run.ownFolders.all(treeId) as string[],
    seen: () => JSON.parse(facts.read(SEEN_RUNNERS) ?? "null") as SeenRunners | null,
    setSeen: (seen) => log.write(() => facts.write(SEEN_RUNNERS, JSON.stringify(seen))),
    drains: () => run.drains.all() as Drain[],
    drain: (runner, by) => log.write(({ nowMs }) => void run.drain.run(runner, by, nowMs)),
    endDrain: (runner) => log.write(() => run.endDrain.run(runner).changes > 0),
  };
}

/** Whether both are on one start of a runner's process. */
function isSameStart(one: Pick<LeftPlace, "runner" | "bootId">, other: typeof one): boolean {
  return one.runner === other.runner && one.bootId === other.bootId;
}

function placeIn(row: unknown): Place | null {
  if (row === undefined) return null;
  const { base, ...place } = row as PlaceRow;
  return { ...place, base: JSON.parse(base) as Place["base"] };
}

const PLACE = `tree.id AS treeId, tree.uid AS tree, place.pool, place.number, place.runner, place.boot_id AS bootId,
  place.lost_number AS lostNumber, place.base
  FROM places place JOIN trees tree ON tree.id = place.tree_id`;

function statements(sqlite: Sqlite) {
  return {
    ofTree: sqlite.prepare(`SELECT ${PLACE} WHERE tree.uid = ?`),
    ofTask: sqlite.prepare(`SELECT ${PLACE} WHERE tree.id = (SELECT tree_id FROM tasks WHERE uid = ?)`),
    // With the time in it, a number is new also after an older database was restored: a runner may know the numbers in between.
    move: sqlite.prepare(`
      UPDATE places SET lost_number = iif(@isLost, max(number + 1, @now), lost_number), number = max(number + 1, @now), runner = @runner, boot_id = @bootId, base = @base, placed_at_ms = @now
      WHERE tree_id = (SELECT id FROM trees WHERE uid = @tree) AND number = @number`),
    treesOf: sqlite.prepare(`
      SELECT runner AS name, count(*) AS count FROM places WHERE runner IS NOT NULL GROUP BY runner`),
    ready: sqlite.prepare(`
      SELECT place.pool AS name, count(*) AS count FROM places place JOIN tasks task ON task.tree_id = place.tree_id
      WHERE task.status = 'ready' AND task.holds + ${HALTED} = 0 GROUP BY place.pool`),
    open: sqlite.prepare(`
      SELECT tree.uid AS id, tree.title, place.pool, place.runner, place.number,
        (SELECT count(*) FROM tasks WHERE tree_id = tree.id AND status = 'running') AS running
      FROM places place JOIN trees tree ON tree.id = place.tree_id WHERE tree.ended_at_ms IS NULL ORDER BY tree.id DESC LIMIT ?`),
    openByPool: sqlite.prepare(`
      SELECT place.pool AS name, count(*) AS count FROM places place JOIN trees tree ON tree.id = place.tree_id
      WHERE tree.ended_at_ms IS NULL GROUP BY place.pool`),
    pools: sqlite
      .prepare(`
      SELECT DISTINCT place.pool FROM places place JOIN trees tree ON tree.id = place.tree_id
      WHERE tree.ended_at_ms IS NULL ORDER BY place.pool`)
      .pluck(),
    placed: sqlite
      .prepare(`
      SELECT tree.uid FROM places place JOIN trees tree ON tree.id = place.tree_id
      WHERE place.runner IS NOT NULL AND (@runner IS NULL OR place.runner = @runner)`)
      .pluck(),
    endedPlaced: sqlite
      .prepare(`
      SELECT tree.uid FROM places place JOIN trees tree ON tree.id = place.tree_id
      WHERE place.runner IS NOT NULL AND tree.ended_at_ms IS NOT NULL`)
      .pluck(),
    ownFolders: sqlite.prepare("SELECT task_uid FROM folders WHERE tree_id = ?").pluck(),
    drains: sqlite.prepare("SELECT runner, by, at_ms AS atMs FROM drains ORDER BY runner"),
    drain: sqlite.prepare("INSERT INTO drains (runner, by, at_ms) VALUES (?, ?, ?) ON CONFLICT (runner) DO NOTHING"),
    endDrain: sqlite.prepare("DELETE FROM drains WHERE runner = ?"),
  };
}
