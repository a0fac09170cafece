/** Selects and sorts the trees of a list, with one statement for each combination of filters. */
import { isEnded, TASK_STATUSES, type TaskStatus } from "@/core/log/terms";
import type { TreeCounts, TreeFilter, TreeListOptions, TreeSort } from "@/core/shapes/trees";
import { addAnyCase, inAnyCase, isPlain } from "@/db/file/any-case";
import type { Sqlite } from "@/db/file/client";
import { HALTED } from "@/db/records/halt";
import { cursorValues, type Keyed, pageOf } from "./keyed-pages";
import { AWAITED_NOW } from "./reviews";

const ROOT_STATUS = `CASE WHEN root.holds + ${HALTED} > 0 AND root.ended_at_ms IS NULL THEN 'paused' ELSE root.status END`;
const openTask = (condition: string) =>
  `EXISTS (SELECT 1 FROM tasks open WHERE open.tree_id = tree.id AND open.ended_at_ms IS NULL AND (${condition}))`;

/**
 * A tree's status in SQL, as docs/lifecycle.md defines it: running while any task can run or is being documented, else
 * the root's status. While the root waits, the status of what it waits for.
 */
export const TREE_STATUS = `
  CASE
    WHEN tree.ended_at_ms IS NOT NULL THEN ${ROOT_STATUS}
    WHEN ${openTask(`
      open.status = 'running' OR (open.status = 'ready' AND open.holds + ${HALTED} = 0)
      OR (open.role = 'finishing' AND open.purpose = 'document' AND open.holds + ${HALTED} = 0)`)} THEN 'running'
    WHEN root.ended_at_ms IS NOT NULL THEN ${ROOT_STATUS}
    WHEN EXISTS (
      SELECT 1 FROM reviews WHERE tree_id = tree.id AND ${AWAITED_NOW}) THEN 'waiting'
    WHEN ${openTask(`open.status = 'parked' AND ${HALTED} = 0`)} THEN 'parked'
    WHEN ${openTask(`open.holds + ${HALTED} > 0`)} THEN 'paused'
    ELSE ${ROOT_STATUS}
  END`;

const FROM = "FROM trees tree JOIN tasks root ON root.id = tree.root_id";

/** The origin of a fork may have been deleted. */
const HAS_NO_ORIGIN = "NOT EXISTS (SELECT 1 FROM trees origin WHERE origin.uid = tree.forked_from)";

/** A tree and all forks of it, also forks of forks, oldest first. */
const FORKS_BELOW = `
  WITH RECURSIVE below(id, uid) AS (
    SELECT id, uid FROM trees WHERE id = ?
    UNION SELECT fork.id, fork.uid FROM below JOIN trees fork ON fork.forked_from = below.uid AND fork.is_system = 0)
  SELECT id FROM below ORDER BY id`;

/** Older failures are no longer news, even if nobody has seen them. */
const UNSEEN_MS = 7 * 86_400_000;

/** Sort keys; the id breaks ties. */
const SORTS: Record<TreeSort, { value: string; descending: boolean }> = {
  newest: { value: "tree.id", descending: true },
  oldest: { value: "tree.id", descending: false },
  ended: { value: "ifnull(tree.ended_at_ms, 0)", descending: true },
  cost: { value: "tree.micro_usd", descending: true },
  tasks: { value: "tree.tasks_total", descending: true },
};

export interface TreeList {
  /** Returns the sorted keys of a page's trees, and the cursor of the next page. */
  page(options: TreeListOptions & { limit: number }, nowMs: number): { ids: number[]; next: string | null };
  counts(filter: Omit<TreeFilter, "status">, nowMs: number): TreeCounts;
  /** Returns everybody who has submitted a tree. */
  submitters(): string[];
}

export function createTreeList(sqlite: Sqlite): TreeList {
  addAnyCase(sqlite);
  const statements = new Map<string, ReturnType<Sqlite["prepare"]>>();
  /** Caches prepared statements: there are few combinations of filters, and each is used often. */
  function prepared(sql: string) {
    const found = statements.get(sql) ?? sqlite.prepare(sql);
    statements.set(sql, found);
    return found;
  }
  const submitters = sqlite
    .prepare("SELECT DISTINCT created_by FROM trees WHERE is_system = 0 ORDER BY created_by")
    .pluck();

  const forksBelow = sqlite.prepare(FORKS_BELOW).pluck();
  return {
    page({ sort = "newest", after, limit, forks, ...filter }, nowMs) {
      const { descending } = SORTS[sort];
      const value = sort === "ended" && isOfEnded(filter) ? "tree.ended_at_ms" : SORTS[sort].value;
      const [order, comparison] = descending ? ["DESC", "<"] : ["ASC", ">"];
      const conditions = conditionsOf(filter);
      if (forks === "below") conditions.push(HAS_NO_ORIGIN);
      if (after !== undefined) conditions.push(`(${value}, tree.id) ${comparison} (@value, @id)`);
      const rows = prepared(
        `SELECT tree.id, ${value} AS value ${FROM} WHERE ${conditions.join(" AND ")}
         ORDER BY 2 ${order}, 1 ${order} LIMIT @limit`,
      ).all({ ...parametersOf(filter, nowMs), ...cursorValues(after), limit: limit + 1 }) as Keyed[];
      const page = pageOf(rows, limit);
      const ids = page.rows.map((row) => row.id);
      return {
        ids: forks === "below" ? ids.flatMap((id) => forksBelow.all(id) as number[]) : ids,
        next: page.next,
      };
    },
    counts(filter, nowMs) {
      const rows = prepared(
        `SELECT ${TREE_STATUS} AS status, count(*) AS count ${FROM} WHERE ${conditionsOf(filter).join(" AND ")} GROUP BY 1`,
      ).all(parametersOf(filter, nowMs)) as { status: TaskStatus; count: number }[];
      const counts = Object.fromEntries(TASK_STATUSES.map((status) => [status, 0])) as TreeCounts;
      for (const { status, count } of rows) counts[status] = count;
      return counts;
    },
    submitters: () => submitters.all() as string[],
  };
}

const OF_PROJECT = `tree.repository IN (
  SELECT key FROM project_repositories WHERE project_id = (SELECT id FROM projects WHERE name = @project))`;

function conditionsOf({ search, status, agent, rootAgent, person, project, unseenBy }: TreeFilter): string[] {
  return [
    "tree.is_system = 0",
    ...(search ? [`(${inAnyCase("tree.title")} LIKE @like ESCAPE '\\' OR tree.uid LIKE @start ESCAPE '\\')`] : []),
    ...(status ? [statusCondition(status)] : []),
    ...(agent ? ["EXISTS (SELECT 1 FROM tasks WHERE tasks.tree_id = tree.id AND tasks.agent = @agent)"] : []),
    ...(rootAgent ? ["root.agent = @rootAgent"] : []),
    ...(person ? ["tree.created_by = @person"] : []),
    ...(project ? [OF_PROJECT] : []),
    ...(unseenBy
      ? [
          `root.status = 'failed' AND tree.ended_at_ms > @unseenSinceMs AND tree.id NOT IN (
            SELECT value FROM json_each((SELECT value FROM facts WHERE name = @seen)))`,
        ]
      : []),
  ];
}

/** Whether the filter lets no open tree through: then an index has the order. */
function isOfEnded({ status, unseenBy }: TreeFilter): boolean {
  return status === "ended" || unseenBy !== undefined;
}

/** Returns the condition for a status. Open and ended need only a column; other statuses need the tree's tasks. */
function statusCondition(status: NonNullable<TreeFilter["status"]>): string {
  if (status === "open") return "tree.ended_at_ms IS NULL";
  if (status === "ended") return "tree.ended_at_ms IS NOT NULL";
  const asked = `(${TREE_STATUS}) = @status`;
  // The root of an open tree may have ended, but that of an ended tree has.
  return isEnded(status) ? asked : `tree.ended_at_ms IS NULL AND ${asked}`;
}

function parametersOf({ search, status, agent, rootAgent, person, project, unseenBy }: TreeFilter, nowMs: number) {
  const literal = (search ?? "").toLowerCase().replace(/[\\%_]/g, "\\$&");
  return {
    isPlain: isPlain(literal),
    like: `%${literal}%`,
    start: `${literal}%`,
    status: status ?? null,
    agent: agent ?? null,
    rootAgent: rootAgent ?? null,
    person: person ?? null,
    project: project ?? null,
    seen: seenFact(unseenBy ?? ""),
    unseenSinceMs: nowMs - UNSEEN_MS,
  };
}

/** Returns the name of the row in `facts` with the failures that a person has seen. */
export function seenFact(person: string): string {
  return `seen ${person}`;
}
