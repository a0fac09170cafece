/** What pages and the command line read of trees and tasks. */

import { LEVELS, type Level, type Setup } from "@/agents/core/entries";
import type { Reason } from "@/agents/core/reasons";
import type { Page, Task, TaskStatus, Tree } from "@/agents/core/shapes";
import type { TreeListOptions } from "@/agents/core/shapes-trees";
import { createBodyReader } from "../bodies";
import type { Sqlite } from "../client";
import { HALTED, type Halt } from "../halt";
import type { FoundTask } from "../trees";
import { grantShape, iso, type RolledUp, type TaskRow, type TaskTexts, taskShape, usd } from "./shapes";
import { createTreeList, TREE_STATUS, type TreeList } from "./tree-list";

const TASK_COLUMNS = `
  task.id, task.uid, tree.uid AS treeUid, task.parent_id AS parentId, parent.uid AS parentUid, task.role, task.title,
  task.agent, task.model, task.status, task.reason, task.detail, task.wait_kind AS waitKind,
  task.parked_until_ms AS parkedUntilMs, task.depth, task.attempt, task.turns, task.headline, task.holds + ${HALTED} AS holds, task.awaited,
  task.tokens_in AS tokensIn, task.tokens_out AS tokensOut, task.micro_usd AS microUsd, task.grant_tokens AS grantTokens,
  task.grant_micro_usd AS grantMicroUsd, task.grant_tasks AS grantTasks, task.grant_depth AS grantDepth,
  task.grant_seconds AS grantSeconds, task.created_at_ms AS createdAtMs, task.started_at_ms AS startedAtMs,
  task.ended_at_ms AS endedAtMs`;
const TASK_FROM =
  "FROM tasks task JOIN trees tree ON tree.id = task.tree_id LEFT JOIN tasks parent ON parent.id = task.parent_id";

interface TreeRow {
  id: number;
  uid: string;
  title: string;
  /** See `TREE_STATUS`. */
  status: TaskStatus;
  createdBy: string;
  rootUid: string;
  rootReason: Reason | null;
  rootHeadline: string;
  workspace: string;
  priority: number;
  tokensIn: number;
  tokensOut: number;
  microUsd: number;
  tasksTotal: number;
  tasksEnded: number;
  createdAtMs: number;
  endedAtMs: number | null;
  forkedFrom: string | null;
  forkSeq: number | null;
  grantTokens: number | null;
  grantMicroUsd: number | null;
  grantTasks: number | null;
  grantDepth: number | null;
  grantSeconds: number | null;
}

const TREE_COLUMNS = `
  tree.id, tree.uid, tree.title, tree.created_by AS createdBy, root.uid AS rootUid, ${TREE_STATUS} AS status,
  root.reason AS rootReason, root.headline AS rootHeadline, tree.workspace, tree.priority,
  tree.tokens_in AS tokensIn, tree.tokens_out AS tokensOut, tree.micro_usd AS microUsd, tree.tasks_total AS tasksTotal,
  tree.tasks_ended AS tasksEnded, tree.created_at_ms AS createdAtMs, tree.ended_at_ms AS endedAtMs,
  tree.cap_tokens AS grantTokens, tree.cap_micro_usd AS grantMicroUsd, tree.cap_tasks AS grantTasks,
  tree.forked_from AS forkedFrom, tree.fork_seq AS forkSeq, tree.cap_depth AS grantDepth, tree.cap_seconds AS grantSeconds
  FROM trees tree JOIN tasks root ON root.id = tree.root_id`;

/** `changed`: these and the tasks above them, as rows. */
export type WantedTasks = "none" | "rows" | "whole" | { changed: readonly string[] };

export interface TreeQueries {
  listTrees(options: TreeListOptions & { limit: number }, nowMs: number): Page<Tree>;
  countTrees: TreeList["counts"];
  submitters: TreeList["submitters"];
  /** `rows`: tasks without their long texts, which are read from the log one by one. */
  getTree(uid: string, tasks: WantedTasks, nowMs: number): Tree;
  getTask(uid: string, nowMs: number): Task;
  /** Public ids that begin so: at most two, which is enough to tell whether a prefix is unique. */
  treesLike(prefix: string): string[];
  tasksLike(prefix: string): string[];
  findTask(uid: string): FoundTask;
  /** The first subtask that is no finishing task: the one that agent_selector chose. */
  onlyWorkChild(taskId: number): string | null;
  rootOf(treeUid: string): string;
  /** What its tasks may touch at most; none when the log cannot be read. */
  rightsOf(treeUid: string): Level[];
  treeKey(treeUid: string): number;
  /** Public ids of the tasks of a tree that have not ended. */
  openTasks(treeUid: string): string[];
  /** The newest trees that are open or ended since then, so many at most: what another process may have changed. */
  openOrEndedSince(ms: number, limit: number): string[];
}

export function createTreeQueries(sqlite: Sqlite, haltNow: () => Halt | null): TreeQueries {
  const bodies = createBodyReader(sqlite);
  const list = createTreeList(sqlite);
  const selectTreeById = sqlite.prepare(`SELECT ${TREE_COLUMNS} WHERE tree.id = ?`);
  const selectTree = sqlite.prepare(`SELECT ${TREE_COLUMNS} WHERE tree.uid = ?`);
  const selectTasks = sqlite.prepare(`SELECT ${TASK_COLUMNS} ${TASK_FROM} WHERE task.tree_id = ? ORDER BY task.id`);
  const selectTask = sqlite.prepare(`SELECT ${TASK_COLUMNS} ${TASK_FROM} WHERE task.uid = ?`);
  const selectChanged = sqlite.prepare(`
    WITH RECURSIVE changed(id) AS (
      SELECT id FROM tasks WHERE uid IN (SELECT value FROM json_each(@uids)) AND tree_id = @tree
      UNION SELECT tasks.parent_id FROM changed JOIN tasks ON tasks.id = changed.id WHERE tasks.parent_id IS NOT NULL)
    SELECT ${TASK_COLUMNS} ${TASK_FROM} WHERE task.id IN (SELECT id FROM changed) ORDER BY task.id`);
  const spend = "id, parent_id AS parentId, role, tokens_in + tokens_out AS tokens, micro_usd AS microUsd";
  const selectSpend = sqlite.prepare(`SELECT ${spend} FROM tasks WHERE tree_id = ? ORDER BY id`);
  const selectBranchSpend = sqlite.prepare(`
    WITH RECURSIVE branch(id) AS (
      SELECT @id UNION ALL SELECT tasks.id FROM branch JOIN tasks ON tasks.parent_id = branch.id)
    SELECT ${spend} FROM tasks WHERE id IN (SELECT id FROM branch) ORDER BY id`);
  const selectAwaited = sqlite
    .prepare("SELECT uid FROM tasks WHERE parent_id = ? AND awaited = 1 AND ended_at_ms IS NULL ORDER BY id")
    .pluck();
  const selectSetup = sqlite
    .prepare(`
    SELECT whole(body, blob_id) FROM messages JOIN trees ON trees.root_id = messages.task_id
    WHERE trees.uid = ? AND kind = 0 ORDER BY messages.id LIMIT 1`)
    .pluck();
  const selectInstruction = sqlite.prepare(
    "SELECT body, blob_id AS blobId FROM messages WHERE task_id = ? AND kind = 1 ORDER BY id LIMIT 1",
  );
  const selectEnd = sqlite.prepare(
    "SELECT body, blob_id AS blobId FROM messages WHERE id = (SELECT result_seq FROM tasks WHERE id = ?)",
  );
  const selectPredecessors = sqlite
    .prepare(`
    SELECT before.uid FROM dependencies JOIN tasks before ON before.id = on_id
    WHERE task_id = ? AND before.ended_at_ms IS NULL ORDER BY before.id`)
    .pluck();
  const selectDependencies = sqlite.prepare(`
    SELECT task_id AS taskId, before.uid FROM dependencies JOIN tasks before ON before.id = on_id
    WHERE task_id IN (SELECT id FROM tasks WHERE tree_id = ?) ORDER BY task_id, on_id`);
  const selectPrecedents = sqlite
    .prepare(
      "SELECT before.uid FROM dependencies JOIN tasks before ON before.id = on_id WHERE task_id = ? ORDER BY on_id",
    )
    .pluck();
  const selectOpenReviews = sqlite.prepare("SELECT uid FROM reviews WHERE task_id = ? AND status = 'open'").pluck();
  const selectBusy = sqlite
    .prepare(
      "SELECT headline FROM tasks WHERE tree_id = ? AND status = 'running' AND headline <> '' ORDER BY id DESC LIMIT 1",
    )
    .pluck();
  const selectFirstParked = sqlite.prepare(`
    SELECT detail, parked_until_ms AS untilMs FROM tasks WHERE tree_id = ? AND status = 'parked' AND holds + ${HALTED} = 0
    ORDER BY parked_until_ms LIMIT 1`);
  const selectPauses = sqlite.prepare(`
    SELECT task_id AS taskId, scope, by, created_at_ms AS sinceMs FROM pauses
    WHERE closed_at_ms IS NULL AND tree_id = (SELECT tree_id FROM tasks WHERE id = ?) ORDER BY id`);
  const selectParents = sqlite.prepare(
    "SELECT id, parent_id FROM tasks WHERE tree_id = (SELECT tree_id FROM tasks WHERE id = ?)",
  );
  const treesLike = sqlite
    .prepare("SELECT uid FROM trees WHERE uid >= @prefix AND uid < @prefix || '~' LIMIT 2")
    .pluck();
  const tasksLike = sqlite
    .prepare("SELECT uid FROM tasks WHERE uid >= @prefix AND uid < @prefix || '~' LIMIT 2")
    .pluck();
  const find = sqlite.prepare(`
    SELECT task.id, task.uid, task.tree_id AS treeId, tree.uid AS treeUid, task.status, task.title, task.agent, task.model,
      task.parent_id AS parentId, task.holds ${TASK_FROM} WHERE task.uid = ?`);
  const onlyChild = sqlite
    .prepare("SELECT uid FROM tasks WHERE parent_id = ? AND role = 'work' ORDER BY id LIMIT 1")
    .pluck();
  const openOrEnded = sqlite
    .prepare("SELECT uid FROM trees WHERE ended_at_ms IS NULL OR ended_at_ms >= ? ORDER BY id DESC LIMIT ?")
    .pluck();
  const openTasks = sqlite
    .prepare(
      "SELECT uid FROM tasks WHERE tree_id = (SELECT id FROM trees WHERE uid = ?) AND ended_at_ms IS NULL ORDER BY id",
    )
    .pluck();

  function treeShape(row: TreeRow, tasks: Task[]): Tree {
    const { status } = row;
    const parked =
      status === "parked"
        ? (selectFirstParked.get(row.id) as { detail: string | null; untilMs: number } | undefined)
        : undefined;
    const busy = status === "running" ? (selectBusy.get(row.id) as string | undefined) : undefined;
    const headline = busy ?? parked?.detail ?? row.rootHeadline;
    return {
      id: row.uid,
      title: row.title,
      created_by: row.createdBy,
      status,
      reason: row.rootReason,
      created_at: iso(row.createdAtMs) ?? "",
      ended_at: iso(row.endedAtMs),
      root_task_id: row.rootUid,
      workspace: row.workspace,
      priority: row.priority,
      headline,
      parked_until: iso(parked?.untilMs ?? null),
      forked_from:
        row.forkedFrom !== null && row.forkSeq !== null ? { tree_id: row.forkedFrom, seq: row.forkSeq } : null,
      grant: grantShape(row),
      totals: {
        tasks: row.tasksTotal,
        ended: row.tasksEnded,
        tokens_in: row.tokensIn,
        tokens_out: row.tokensOut,
        cost_usd: usd(row.microUsd),
      },
      tasks,
    };
  }

  function textsOf(taskId: number): TaskTexts {
    const first = contentOf<TaskTexts>(selectInstruction.get(taskId));
    const end = contentOf<TaskTexts>(selectEnd.get(taskId));
    return {
      instruction: first?.instruction ?? "",
      result: end?.result ?? null,
      summary: end?.summary ?? null,
      verdict: end?.verdict ?? null,
    };
  }

  /** Null for a message that somebody damaged: one such task must not hide its whole tree from whoever looks. */
  function contentOf<Content>(row: unknown): Partial<Content> | null {
    if (row === undefined) return null;
    try {
      return JSON.parse(bodies.read(row as { body: string | null; blobId: number | null }));
    } catch {
      return null;
    }
  }

  function waitsOf(row: TaskRow): { tasks: string[]; reviews: string[] } {
    if (row.status !== "waiting") return { tasks: [], reviews: [] };
    if (row.waitKind === "predecessors") return { tasks: selectPredecessors.all(row.id) as string[], reviews: [] };
    const reviews =
      row.waitKind === "answer" || row.waitKind === "approval" ? (selectOpenReviews.all(row.id) as string[]) : [];
    return { tasks: selectAwaited.all(row.id) as string[], reviews };
  }

  /** The open pauses of the tree by task; read only where something is paused. */
  function holdersOf(rows: TaskRow[]): Held | null {
    const [first] = rows;
    if (!first || !rows.some((row) => row.holds > 0 && row.endedAtMs === null)) return null;
    const pauses = selectPauses.all(first.id) as (Pause & { taskId: number })[];
    return {
      pauses: new Map(pauses.map((pause) => [pause.taskId, pause])),
      parents: new Map(selectParents.raw().all(first.id) as [number, number | null][]),
      halt: haltNow(),
    };
  }

  function rowsOf(treeId: number): TaskRow[] {
    return selectTasks.all(treeId) as TaskRow[];
  }

  function dependenciesOf(treeId: number): Map<number, string[]> {
    const found = new Map<number, string[]>();
    for (const { taskId, uid } of selectDependencies.all(treeId) as { taskId: number; uid: string }[]) {
      const list = found.get(taskId);
      if (list) list.push(uid);
      else found.set(taskId, [uid]);
    }
    return found;
  }

  return {
    listTrees(options, nowMs) {
      const { ids, next } = list.page(options, nowMs);
      return { items: ids.map((id) => treeShape(selectTreeById.get(id) as TreeRow, [])), next };
    },
    countTrees: list.counts,
    submitters: list.submitters,
    getTree(uid, tasks, nowMs) {
      const row = selectTree.get(uid) as TreeRow;
      if (tasks === "none") return treeShape(row, []);
      const isPart = typeof tasks === "object";
      const rows = isPart
        ? (selectChanged.all({ uids: JSON.stringify(tasks.changed), tree: row.id }) as TaskRow[])
        : rowsOf(row.id);
      const rolled = rollUp(selectSpend.all(row.id) as SpendRow[]);
      const held = holdersOf(rows);
      const depends = dependenciesOf(row.id);
      const shapes = rows.map((one) => {
        const texts = tasks === "whole" ? textsOf(one.id) : NO_TEXTS;
        const sums = rolled.get(one.id) ?? NOTHING;
        return taskShape(one, sums, waitsOf(one), depends.get(one.id) ?? [], texts, pauseOf(one, held), nowMs);
      });
      return treeShape(row, shapes);
    },
    getTask(uid, nowMs) {
      const row = selectTask.get(uid) as TaskRow;
      const rolled = rollUp(selectBranchSpend.all({ id: row.id }) as SpendRow[]);
      const depends = selectPrecedents.all(row.id) as string[];
      const held = holdersOf([row]);
      return taskShape(
        row,
        rolled.get(row.id) ?? NOTHING,
        waitsOf(row),
        depends,
        textsOf(row.id),
        pauseOf(row, held),
        nowMs,
      );
    },
    treesLike: (prefix) => treesLike.all({ prefix }) as string[],
    tasksLike: (prefix) => tasksLike.all({ prefix }) as string[],
    findTask: (uid) => find.get(uid) as FoundTask,
    onlyWorkChild: (taskId) => (onlyChild.get(taskId) as string | undefined) ?? null,
    rightsOf(treeUid) {
      const body = selectSetup.get(treeUid) as string | null | undefined;
      // What cannot be read allows nobody anything: these are the rights that most roles may not give.
      const rights: unknown = body ? (JSON.parse(body) as Partial<Setup>).rights : null;
      return Array.isArray(rights) ? (rights as Level[]) : [...LEVELS];
    },
    rootOf: (treeUid) => (selectTree.get(treeUid) as TreeRow).rootUid,
    treeKey: (treeUid) => (selectTree.get(treeUid) as TreeRow).id,
    openOrEndedSince: (ms, limit) => openOrEnded.all(ms, limit) as string[],
    openTasks: (treeUid) => openTasks.all(treeUid) as string[],
  };
}

/** What a task itself has spent. */
interface SpendRow {
  id: number;
  parentId: number | null;
  role: TaskRow["role"];
  tokens: number;
  microUsd: number;
}

interface Pause {
  scope: "task" | "branch" | "step";
  by: string;
  sinceMs: number;
}

interface Held {
  pauses: Map<number, Pause>;
  parents: Map<number, number | null>;
  halt: Halt | null;
}

/** Its own pause, else that of the nearest task above whose branch is paused, else that of everything. */
function pauseOf(row: TaskRow, held: Held | null): Pick<Pause, "by" | "sinceMs"> | null {
  if (!held || row.holds === 0 || row.endedAtMs !== null) return null;
  for (let id: number | null = row.id; id !== null; id = held.parents.get(id) ?? null) {
    const pause = held.pauses.get(id);
    if (pause && (id === row.id || pause.scope === "branch")) return pause;
  }
  return held.halt;
}

const NO_TEXTS: TaskTexts = { instruction: "", result: null, summary: null, verdict: null };
const NOTHING: RolledUp = { tokens: 0, microUsd: 0, tasks: 1, depth: 0 };

/** Children come after their parents, so one pass from the end adds every branch up. */
function rollUp(rows: SpendRow[]): Map<number, RolledUp> {
  const rolled = new Map<number, RolledUp>();
  for (const { id, tokens, microUsd } of rows) rolled.set(id, { tokens, microUsd, tasks: 1, depth: 0 });
  for (const row of rows.toReversed()) {
    const own = rolled.get(row.id);
    const parent = row.parentId === null ? undefined : rolled.get(row.parentId);
    if (!own || !parent) continue;
    parent.tokens += own.tokens;
    parent.microUsd += own.microUsd;
    parent.tasks += row.role === "work" ? own.tasks : 0;
    parent.depth = Math.max(parent.depth, own.depth + 1);
  }
  return rolled;
}
