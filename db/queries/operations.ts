/** Reads what the pages of Operations show about providers and about trees to clean up. */
import type { ProviderState } from "@/core/shapes/operations";
import { withoutDisguise } from "@/core/words/visible";
import type { Sqlite } from "@/db/file/client";
import { HALTED } from "@/db/records/halt";

export interface ParkedTasks {
  /** The first of them, in the order in which they continue. */
  tasks: ProviderState["parked_tasks"];
  /** The number of all of them, and of their trees. */
  total: number;
  trees: number;
  /** When the first of them continues, and why it waits. */
  untilMs: number;
  why: string;
  /** All of them wait for a model that the provider no longer has, not for the provider. */
  isModelGone: boolean;
}

export interface OperationsQueries {
  /** Returns, by provider, the tasks that it parked. */
  parked(): Map<string, ParkedTasks>;
  /** Returns, by provider, the number of trees with an open task that uses it. */
  treesByProvider(): Map<string, number>;
  /** Returns trees without a pin that ended before a time, oldest first. */
  endedBefore(ms: number, limit: number): { id: number; uid: string; title: string; endedAtMs: number }[];
  /** Returns how many pinned trees ended before a time. */
  pinnedBefore(ms: number): number;
}

type ParkedRow = ParkedTasks["tasks"][number] & { provider: string };
type ParkedFigures = Omit<ParkedTasks, "tasks" | "isModelGone"> & { provider: string; gone: 0 | 1 };

/** Of one provider, so that the tasks of one leave out none of another. */
const MOST_PARKED = 500;

/** SQL of the provider in the model of a task. */
const PROVIDER = "CASE instr(model, '/') WHEN 0 THEN model ELSE substr(model, 1, instr(model, '/') - 1) END";

const PARKED = `parked_until_ms IS NOT NULL AND status = 'parked' AND holds + ${HALTED} = 0
  AND (wait_kind IS NULL OR wait_kind = 'model_gone')`;

export function createOperationsQueries(sqlite: Sqlite): OperationsQueries {
  const parked = sqlite.prepare(`
    SELECT task.provider, task.uid AS id, tree.uid AS tree_id, tree.title AS tree_title, task.model
    FROM (
      SELECT ${PROVIDER} AS provider, uid, tree_id, model,
        row_number() OVER (PARTITION BY ${PROVIDER} ORDER BY parked_until_ms, id) AS place
      FROM tasks WHERE ${PARKED}
    ) task JOIN trees tree ON tree.id = task.tree_id
    WHERE task.place <= ${MOST_PARKED} ORDER BY task.place`);
  // SQLite takes a column beside the one min() from the row that has the minimum.
  const figures = sqlite.prepare(`
    SELECT ${PROVIDER} AS provider, count(*) AS total, count(DISTINCT tree_id) AS trees, min(parked_until_ms) AS untilMs,
      coalesce(detail, '') AS why, count(wait_kind) = count(*) AS gone
    FROM tasks WHERE ${PARKED} GROUP BY 1`);
  const trees = sqlite.prepare(`
    SELECT ${PROVIDER} AS provider, count(DISTINCT tree_id) AS trees FROM tasks WHERE ended_at_ms IS NULL GROUP BY 1`);
  const ended = sqlite.prepare(`
    SELECT id, uid, title, ended_at_ms AS endedAtMs FROM trees
    WHERE ended_at_ms IS NOT NULL AND ended_at_ms < ? AND pinned_at_ms IS NULL ORDER BY ended_at_ms LIMIT ?`);
  const pinned = sqlite
    .prepare(
      "SELECT count(*) FROM trees WHERE ended_at_ms IS NOT NULL AND ended_at_ms < ? AND pinned_at_ms IS NOT NULL",
    )
    .pluck();
  return {
    parked() {
      const listed = parked.all() as ParkedRow[];
      const of = (name: string) =>
        listed.flatMap(({ provider, ...task }) =>
          provider === name ? [{ ...task, tree_title: withoutDisguise(task.tree_title) }] : [],
        );
      return new Map(
        (figures.all() as ParkedFigures[]).map(({ provider, gone, ...figure }) => [
          provider,
          { ...figure, tasks: of(provider), isModelGone: gone === 1 },
        ]),
      );
    },
    treesByProvider: () =>
      new Map((trees.all() as { provider: string; trees: number }[]).map((tree) => [tree.provider, tree.trees])),
    endedBefore: (ms, limit) =>
      (ended.all(ms, limit) as ReturnType<OperationsQueries["endedBefore"]>).map((tree) => {
        return { ...tree, title: withoutDisguise(tree.title) };
      }),
    pinnedBefore: (ms) => pinned.get(ms) as number,
  };
}
