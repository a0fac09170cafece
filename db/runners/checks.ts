/** Pools on which the host checks what trees claim, and the checks that run there. Each write is one transaction. */
import type { Sqlite } from "@/db/file/client";
import type { Writes } from "@/db/file/writes";

/** Where a check of a task is, on a runner. */
export interface CheckPlace {
  /** Public ids. */
  tree: string;
  task: string;
  runner: string;
  /** Grows with each check of the tree, by two at least: with the next number it is removed. */
  number: number;
}

interface OpenCheck extends CheckPlace {
  /** The tree's. */
  title: string;
}

interface LeftCheck extends CheckPlace {
  /** The runner has a newer check of the task, for which it removes what is older. */
  isReplaced: 0 | 1;
}

export interface Checks {
  /** Returns the pool on which the tree is checked; null: it is checked where it works. */
  poolOf(treeUid: string): string | null;
  /** Begins a check on a runner, and resolves with its number. */
  begin(taskUid: string, runner: string): Promise<number>;
  /** Ends a check: what it left can be removed. */
  end(taskUid: string, number: number): Promise<void>;
  /** Returns the checks that run. */
  open(): OpenCheck[];
  /** Returns the checks that have ended, or whose process is gone, so that the task works no more or has a newer check. */
  left(): LeftCheck[];
  /** Notes that nothing is left of the check. */
  forget(place: CheckPlace): Promise<void>;
}

export function createChecks(sqlite: Sqlite, log: Writes): Checks {
  const run = statements(sqlite);
  return {
    poolOf: (treeUid) => (run.poolOf.get(treeUid) as string | undefined) ?? null,
    begin: (taskUid, runner) =>
      log.write(({ nowMs }) => {
        const number = run.next.get(nowMs, taskUid) as number;
        run.begin.run(number, runner, taskUid);
        return number;
      }),
    end: (taskUid, number) => log.write(() => void run.end.run(taskUid, number)),
    open: () => run.open.all(0) as OpenCheck[],
    left: () => run.open.all(1) as LeftCheck[],
    forget: ({ task, number }) => log.write(() => void run.forget.run(task, number)),
  };
}

const NEWER = "FROM check_places newer WHERE newer.task_id = place.task_id AND newer.number > place.number";
const TASK = "(SELECT id FROM tasks WHERE uid = ?)";

function statements(sqlite: Sqlite) {
  return {
    poolOf: sqlite.prepare("SELECT pool FROM check_pools WHERE tree_id = (SELECT id FROM trees WHERE uid = ?)").pluck(),
    // With the time in it, a number is new also after an older database was restored.
    next: sqlite
      .prepare(`
      UPDATE check_pools SET number = max(number + 2, ?) WHERE tree_id = (SELECT tree_id FROM tasks WHERE uid = ?)
      RETURNING number`)
      .pluck(),
    begin: sqlite.prepare(
      "INSERT INTO check_places (task_id, number, runner) SELECT id, ?, ? FROM tasks WHERE uid = ?",
    ),
    end: sqlite.prepare(`UPDATE check_places SET has_ended = 1 WHERE task_id = ${TASK} AND number = ?`),
    forget: sqlite.prepare(`DELETE FROM check_places WHERE task_id = ${TASK} AND number = ?`),
    open: sqlite.prepare(`
      SELECT tree.uid AS tree, tree.title, task.uid AS task, place.runner, place.number,
        EXISTS (SELECT 1 ${NEWER} AND newer.runner = place.runner) AS isReplaced
      FROM check_places place JOIN tasks task ON task.id = place.task_id JOIN trees tree ON tree.id = task.tree_id
      WHERE (place.has_ended = 1 OR task.status NOT IN ('running', 'ready') OR EXISTS (SELECT 1 ${NEWER})) = ?`),
  };
}
