/** Reads when each task ran and waited, for a whole tree or for its tasks that may have changed since a time. */
import type { Stretch, Timeline, TimelineTask, TreeTurn } from "@/core/shapes/tree-views";
import { fieldOf, isEvent } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import { iso } from "@/db/file/iso";
import { KINDS } from "@/db/file/rows";
import { HALTS } from "@/db/records/halt";
import { AWAITED, AWAITED_UNTIL } from "./reviews";
import { createOffReader } from "./server-off";
import { usd } from "./shapes";
import { type Interval, type Mark, type Piece, stretchesOf } from "./stretches";

interface TreeRow {
  id: number;
  createdMs: number;
  isArchived: 0 | 1;
}

interface TaskRow {
  id: number;
  uid: string;
  parentId: number | null;
  status: string;
  tokens: number;
  microUsd: number;
  createdMs: number;
  startedMs: number | null;
  endedMs: number | null;
}

interface MarkRow {
  taskId: number;
  kind: number;
  call: string | null;
  type: string | null;
  untilMs: number | null;
  atMs: number;
}

interface IntervalRow extends Interval {
  taskId: number;
  scope: string;
}

interface TurnRow {
  seq: number;
  taskUid: string;
  turn: number;
  atMs: number;
}

interface EndRow {
  taskId: number;
  status: "succeeded" | "failed" | "stopped";
  atMs: number;
}

export interface TimelineQueries {
  /** With `sinceMs`, returns only tasks that are open or ended since then. */
  timeline(treeUid: string, sinceMs: number | null, nowMs: number): Omit<Timeline, "slots" | "cursor">;
  /** Returns when the tasks of a branch ran; `toMs` is null while one does. Tasks that ended before `sinceMs` are left out. */
  ran(taskUid: string, sinceMs: number, nowMs: number): Interval[];
  /** Returns the newest turns of the tree's tasks in the order of their replies, without those of finishing tasks. */
  turns(treeUid: string, limit: number): TreeTurn[];
}

const REPLY = KINDS.indexOf("agent_response");
const CALL = KINDS.indexOf("tool_call");
const RESPONSE = KINDS.indexOf("tool_response");
const EVENT = KINDS.indexOf("event");
const EVENTS = ["model_failed", "daily_cap", "unparked", "retried", "ended"] as const;

type Statements = ReturnType<typeof timelineStatements>;

export function createTimelineQueries(sqlite: Sqlite): TimelineQueries {
  const run = timelineStatements(sqlite);
  return {
    timeline: (treeUid, sinceMs, nowMs) => timeline(run, treeUid, sinceMs, nowMs),
    ran: (taskUid, sinceMs, nowMs) => ran(run, taskUid, sinceMs, nowMs),
    turns: (treeUid, limit) =>
      (run.turns.all(treeUid, limit) as TurnRow[])
        .map(({ seq, taskUid, turn, atMs }) => ({ seq, task_id: taskUid, turn, at: iso(atMs) }))
        .reverse(),
  };
}

function timelineStatements(sqlite: Sqlite) {
  const marks = (scope: string) =>
    sqlite.prepare(`
      SELECT task_id AS taskId, kind, call_id AS call, created_at_ms AS atMs,
        CASE kind WHEN ${EVENT} THEN ${fieldOf("type")} WHEN ${CALL} THEN ${fieldOf("mode")} END AS type,
        CASE WHEN kind = ${EVENT} AND ifnull(${fieldOf("parks")}, 1) <> 0 THEN ${fieldOf("untilMs")} END AS untilMs
      FROM messages WHERE ${scope} AND (
        ${isEvent(EVENTS)}
        OR (kind IN (${CALL}, ${RESPONSE}) AND task_id IN (SELECT value FROM json_each(@parents))))
      ORDER BY id`);
  return {
    tree: sqlite.prepare(
      "SELECT id, created_at_ms AS createdMs, archive_hash IS NOT NULL AS isArchived FROM trees WHERE uid = ?",
    ),
    treeOf: sqlite.prepare(`
      SELECT id, created_at_ms AS createdMs, archive_hash IS NOT NULL AS isArchived FROM trees
      WHERE id = (SELECT tree_id FROM tasks WHERE uid = ?)`),
    tasks: sqlite.prepare(`
      SELECT id, uid, parent_id AS parentId, status, tokens_in + tokens_out AS tokens, micro_usd AS microUsd,
        created_at_ms AS createdMs, started_at_ms AS startedMs, ended_at_ms AS endedMs
      FROM tasks WHERE tree_id = ? ORDER BY id`),
    marks: marks("tree_id = @tree"),
    marksOf: marks("task_id IN (SELECT value FROM json_each(@tasks))"),
    asked: sqlite.prepare(`
      SELECT task_id AS taskId, created_at_ms AS fromMs, ${AWAITED_UNTIL} AS toMs, '' AS scope FROM reviews
      WHERE tree_id = ? AND ${AWAITED} ORDER BY id`),
    pauses: sqlite.prepare(`
      SELECT task_id AS taskId, created_at_ms AS fromMs, closed_at_ms AS toMs, scope FROM pauses
      WHERE tree_id = ? ORDER BY id`),
    off: createOffReader(sqlite),
    halts: sqlite.prepare(`SELECT fromMs, toMs FROM (${HALTS}) WHERE ifnull(toMs > ?, 1)`),
    dependencies: sqlite.prepare(`
      SELECT task_id AS taskId, before.ended_at_ms AS endedMs FROM dependencies JOIN tasks before ON before.id = on_id
      WHERE task_id IN (SELECT id FROM tasks WHERE tree_id = ?)`),
    turns: sqlite.prepare(`
      SELECT message.id AS seq, task.uid AS taskUid, message.turn, message.created_at_ms AS atMs
      FROM messages message JOIN tasks task ON task.id = message.task_id
      WHERE message.tree_id = (SELECT id FROM trees WHERE uid = ?) AND message.kind = ${REPLY} AND task.role = 'work'
      ORDER BY message.id DESC LIMIT ?`),
    ends: sqlite.prepare(
      "SELECT task_id AS taskId, status, ended_at_ms AS atMs FROM attempts WHERE tree_id = ? ORDER BY task_id, attempt",
    ),
  };
}

/** Facts about the tasks of a tree, by the task's key. */
interface TreeFacts {
  subtaskEnds: Map<number, number[]>;
  pauses: Map<number, Interval[]>;
  /** When everything was paused since the tree began. */
  halts: Interval[];
  /** When no server ran since then. */
  off: Interval[];
  asked: Map<number, IntervalRow[]>;
  before: Map<number, { endedMs: number | null }>;
  ends: Map<number, EndRow[]>;
  marks: Map<number, MarkRow[]>;
}

function timeline(
  run: Statements,
  treeUid: string,
  sinceMs: number | null,
  nowMs: number,
): ReturnType<TimelineQueries["timeline"]> {
  const tree = run.tree.get(treeUid) as TreeRow;
  const all = run.tasks.all(tree.id) as TaskRow[];
  const wanted = sinceMs === null ? all : all.filter((task) => task.endedMs === null || task.endedMs >= sinceMs);
  const facts = factsOf(run, tree, all, wanted);
  return {
    tree_id: treeUid,
    from: iso(tree.createdMs),
    at: iso(nowMs),
    partial: sinceMs !== null,
    tasks: wanted.map((task) => timelineTask(task, facts, tree.createdMs, nowMs)),
  };
}

function ran(run: Statements, taskUid: string, sinceMs: number, nowMs: number): Interval[] {
  const tree = run.treeOf.get(taskUid) as TreeRow;
  const all = run.tasks.all(tree.id) as TaskRow[];
  const branch = new Set<number>();
  // Parents come before their subtasks.
  for (const { id, uid, parentId } of all) if (uid === taskUid || branch.has(parentId ?? 0)) branch.add(id);
  const wanted = all.filter(({ id, endedMs }) => branch.has(id) && (endedMs === null || endedMs >= sinceMs));
  const facts = factsOf(run, tree, all, wanted);
  return wanted.flatMap((task) =>
    piecesOf(task, facts, nowMs).flatMap(({ kind, fromMs, toMs }) => (kind === "ran" ? [{ fromMs, toMs }] : [])),
  );
}

/** Reads the facts; marks only for the wanted tasks. */
function factsOf(
  run: Statements,
  { id: treeId, createdMs, isArchived }: TreeRow,
  all: TaskRow[],
  wanted: TaskRow[],
): TreeFacts {
  const subtaskEnds = subtaskEndsOf(all);
  const pauses = pausesOf(all, run.pauses.all(treeId) as IntervalRow[]);
  // A tree of an archive worked elsewhere.
  const halts = isArchived ? [] : (run.halts.all(createdMs) as Interval[]);
  const off = isArchived ? [] : run.off(treeId, createdMs);
  const asked = groupBy(run.asked.all(treeId) as IntervalRow[]);
  const parents = JSON.stringify(wanted.filter((row) => subtaskEnds.has(row.id) || asked.has(row.id)).map(idOf));
  const marks =
    wanted === all
      ? run.marks.all({ tree: treeId, parents })
      : run.marksOf.all({ tasks: JSON.stringify(wanted.map(idOf)), parents });
  const before = predecessorsOf(run.dependencies.all(treeId) as { taskId: number; endedMs: number | null }[]);
  const ends = groupBy(run.ends.all(treeId) as EndRow[]);
  return { subtaskEnds, pauses, halts, off, asked, before, ends, marks: groupBy(marks as MarkRow[]) };
}

function piecesOf(task: TaskRow, facts: TreeFacts, nowMs: number): Piece[] {
  const halts = facts.halts.filter(
    ({ fromMs, toMs }) => fromMs < (task.endedMs ?? nowMs) && (toMs ?? nowMs) > task.createdMs,
  );
  return stretchesOf(
    {
      ...task,
      predecessorsMs: facts.before.get(task.id) ?? null,
      subtaskEndsMs: facts.subtaskEnds.get(task.id) ?? [],
      marks: (facts.marks.get(task.id) ?? []).flatMap(markOf),
      asked: facts.asked.get(task.id) ?? [],
      pauses: [...(facts.pauses.get(task.id) ?? []), ...halts],
      off: facts.off,
    },
    nowMs,
  );
}

function timelineTask(task: TaskRow, facts: TreeFacts, treeBeganMs: number, nowMs: number): TimelineTask {
  const since = (ms: number) => Math.max(0, ms - treeBeganMs);
  const pieces = piecesOf(task, facts, nowMs);
  const over = (facts.ends.get(task.id) ?? []).filter((end) => task.endedMs === null || end.atMs < task.endedMs);
  return {
    id: task.uid,
    stretches: pieces.map(
      (piece): Stretch => [piece.kind, since(piece.fromMs), piece.toMs === null ? null : since(piece.toMs)],
    ),
    ends: over.map(({ atMs, status }) => ({ at: since(atMs), status })),
    cost_usd: usd(task.microUsd),
    tokens: task.tokens,
  };
}

const idOf = ({ id }: TaskRow) => id;

function groupBy<Row extends { taskId: number }>(rows: readonly Row[]): Map<number, Row[]> {
  const groups = new Map<number, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.taskId);
    if (group) group.push(row);
    else groups.set(row.taskId, [row]);
  }
  return groups;
}

/** Returns for each task with subtasks when these ended; the list is empty while none has. */
function subtaskEndsOf(tasks: readonly TaskRow[]): Map<number, number[]> {
  const ends = new Map<number, number[]>();
  for (const { parentId, endedMs } of tasks) {
    if (parentId === null) continue;
    const list = ends.get(parentId) ?? [];
    if (endedMs !== null) list.push(endedMs);
    ends.set(parentId, list);
  }
  for (const list of ends.values()) list.sort((a, b) => a - b);
  return ends;
}

/** Returns the pauses that cover each task. A pause of a branch covers all tasks below; parents come before their subtasks. */
function pausesOf(tasks: readonly TaskRow[], rows: readonly IntervalRow[]): Map<number, Interval[]> {
  const own = groupBy(rows);
  const covering = new Map<number, Interval[]>();
  const branches = new Map<number, Interval[]>();
  if (rows.length === 0) return covering;
  for (const { id, parentId } of tasks) {
    const inherited = (parentId === null ? undefined : branches.get(parentId)) ?? [];
    const mine = own.get(id);
    const branch = mine?.filter((interval) => interval.scope === "branch") ?? [];
    if (branch.length + inherited.length > 0) branches.set(id, branch.length ? [...inherited, ...branch] : inherited);
    if (mine || inherited.length > 0) covering.set(id, [...inherited, ...(mine ?? [])]);
  }
  return covering;
}

function predecessorsOf(rows: readonly { taskId: number; endedMs: number | null }[]) {
  const found = new Map<number, { endedMs: number | null }>();
  for (const { taskId, endedMs } of rows) {
    const known = found.get(taskId);
    const isOpen = endedMs === null || known?.endedMs === null;
    found.set(taskId, { endedMs: isOpen ? null : Math.max(endedMs, known?.endedMs ?? 0) });
  }
  return found;
}

function markOf({ kind, call, type, untilMs, atMs }: MarkRow): Mark[] {
  const mark = (what: Mark["what"]): Mark[] => [{ atMs, what, call, untilMs }];
  if (kind === RESPONSE) return mark("response");
  if (kind === CALL) return mark(type === "control" ? "tree_call" : "world_call");
  if (type === "unparked" || type === "retried") return mark(type);
  if (type === "ended") return mark("attempt_ended");
  return untilMs === null ? [] : mark("parked");
}
