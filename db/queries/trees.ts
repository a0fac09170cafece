/** Reads trees and tasks for pages and the command line. */
import type { GoalFigures } from "@/core/goals/figures";
import { LEVELS, type Level, type Setup } from "@/core/log/entries";
import { waitsForPool } from "@/core/runners/waits";
import type { GoalProgress } from "@/core/shapes/goals";
import type { ForkOrigin, Page, Task, Tree } from "@/core/shapes/shapes";
import type { TreeListOptions } from "@/core/shapes/trees";
import { actOf } from "@/core/words/acts/acts";
import { withoutDisguise } from "@/core/words/visible";
import { createBodyReader } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import { createEntryReader } from "@/db/file/entries";
import { iso } from "@/db/file/iso";
import type { FoundTask } from "@/db/records/found-task";
import type { Halt } from "@/db/records/halt";
import { createGoalFigures } from "./goal-figures";
import { activeShape, detailOf, grantShape, neededShape, type TaskRow, taskShape, usd } from "./shapes";
import { createStatusCounts } from "./status-counts";
import {
  dependenciesOf,
  holdersOf,
  NO_TEXTS,
  NOTHING,
  pauseOf,
  rollUp,
  type TreeReader,
  textsOf,
  unreadOf,
  waitsOf,
} from "./task-facts";
import { createTreeList, type TreeList } from "./tree-list";
import { type SpendRow, type TreeRow, treeRowStatements } from "./tree-rows";
import { createTries } from "./tries";

/** Which tasks to return with a tree. `changed` means these tasks and their ancestors, as rows. */
type WantedTasks = "none" | "rows" | "whole" | { changed: readonly string[] };

export interface TreeQueries {
  listTrees(options: TreeListOptions & { limit: number }, nowMs: number): Page<Tree>;
  countTrees: TreeList["counts"];
  submitters: TreeList["submitters"];
  /** Returns a tree. With `rows`, tasks come without their long texts, which must be read from the log one by one. */
  getTree(uid: string, tasks: WantedTasks, nowMs: number): Tree;
  getTask(uid: string, nowMs: number): Task;
  /** Returns public ids with this prefix: at most two, which is enough to tell whether the prefix is unique. */
  treesLike(prefix: string): string[];
  tasksLike(prefix: string): string[];
  findTask(uid: string): FoundTask;
  /** Returns the first work subtask, which for agent_selector is the task that it chose. */
  onlyWorkChild(taskId: number): string | null;
  rootOf(treeUid: string): string;
  /** Returns null for a tree whose root task pursues no goal, or whose log is damaged. */
  goalFiguresOf(treeUid: string): GoalFigures | null;
  /** Returns the most rights that tasks of the tree can have; all rights when the log cannot be read. */
  rightsOf(treeUid: string): Level[];
  treeKey(treeUid: string): number;
  /** Returns public ids of the tree's tasks that have not ended. */
  openTasks(treeUid: string): string[];
  /** Returns at most `limit` of the newest trees that are open or ended since then: another process may have changed these. */
  openOrEndedSince(ms: number, limit: number): string[];
  /** Returns public ids of all trees. */
  allIds(): string[];
  /** Returns public ids of the trees that this person submitted. */
  madeBy(person: string): string[];
  count(): number;
}

export function createTreeQueries(sqlite: Sqlite, haltNow: () => Halt | null): TreeQueries {
  const run = treeRowStatements(sqlite);
  const bodies = createBodyReader(sqlite);
  const reader: TreeReader = {
    run,
    bodies,
    goals: createGoalFigures(createEntryReader(sqlite, bodies)),
    statusCounts: createStatusCounts(sqlite),
    tries: createTries(sqlite),
    haltNow,
  };
  const list = createTreeList(sqlite);
  return {
    listTrees: (options, nowMs) => listTrees(reader, list, options, nowMs),
    countTrees: list.counts,
    submitters: list.submitters,
    getTree: (uid, tasks, nowMs) => getTree(reader, uid, tasks, nowMs),
    getTask: (uid, nowMs) => getTask(reader, uid, nowMs),
    treesLike: (prefix) => run.treesLike.all({ prefix }) as string[],
    tasksLike: (prefix) => run.tasksLike.all({ prefix }) as string[],
    findTask: (uid) => run.find.get(uid) as FoundTask,
    onlyWorkChild: (taskId) => (run.onlyChild.get(taskId) as string | undefined) ?? null,
    rightsOf: (treeUid) => rightsOf(reader, treeUid),
    rootOf: (treeUid) => (run.tree.get(treeUid) as TreeRow).rootUid,
    goalFiguresOf(treeUid) {
      const { rootId, rootAgent } = run.tree.get(treeUid) as TreeRow;
      return reader.goals.of({ id: rootId, agent: rootAgent, tree: treeUid });
    },
    treeKey: (treeUid) => (run.tree.get(treeUid) as TreeRow).id,
    allIds: () => run.allIds.all() as string[],
    madeBy: (person) => run.madeBy.all(person) as string[],
    count: () => run.count.get() as number,
    openOrEndedSince: (ms, limit) => run.openOrEnded.all(ms, limit) as string[],
    openTasks: (treeUid) => run.openTasks.all(treeUid) as string[],
  };
}

function listTrees(
  reader: TreeReader,
  list: TreeList,
  options: TreeListOptions & { limit: number },
  nowMs: number,
): Page<Tree> {
  const { ids, next } = list.page(options, nowMs);
  const rows = ids.map((id) => reader.run.treeById.get(id) as TreeRow);
  return { items: rows.map((row) => withTurn(reader, row, treeShape(reader, row, []))), next };
}

function getTree(reader: TreeReader, uid: string, tasks: WantedTasks, nowMs: number): Tree {
  const { run } = reader;
  const row = run.tree.get(uid) as TreeRow;
  if (tasks === "none") return withTurn(reader, row, treeShape(reader, row, []));
  const rows = (
    typeof tasks === "object"
      ? run.changed.all({ uids: JSON.stringify(tasks.changed), tree: row.id })
      : run.tasks.all(row.id)
  ) as TaskRow[];
  const rolled = rollUp(run.spend.all(row.id) as SpendRow[]);
  const held = holdersOf(reader, rows);
  const depends = dependenciesOf(reader, row.id);
  const shapes = rows.map((row) => {
    const texts = tasks === "whole" ? textsOf(reader, row.id) : NO_TEXTS;
    const sums = rolled.get(row.id) ?? NOTHING;
    const paused = pauseOf(row, held);
    const { tries } = reader;
    const waits = waitsOf(reader, row);
    const task = taskShape(row, sums, waits, depends.get(row.id) ?? [], texts, paused, tries(row), nowMs);
    return { ...task, ...unreadOf(reader, row) };
  });
  return withTurn(reader, row, treeShape(reader, row, shapes));
}

function originOf({ forkedFrom, forkSeq }: TreeRow): ForkOrigin | null {
  return forkedFrom !== null && forkSeq !== null ? { tree_id: forkedFrom, seq: forkSeq } : null;
}

/** Adds the turn from which a fork continues, which its log says. */
function withTurn({ run }: TreeReader, row: TreeRow, tree: Tree): Tree {
  if (!tree.forked_from) return tree;
  const point = run.forkPoint.get(row.id) as { turn: number; task: string | null } | undefined;
  if (!point) return tree;
  const task = point.task === null ? {} : { task: withoutDisguise(point.task) };
  return { ...tree, forked_from: { ...tree.forked_from, turn: point.turn, ...task } };
}

function getTask(reader: TreeReader, uid: string, nowMs: number): Task {
  const { run } = reader;
  const row = run.task.get(uid) as TaskRow;
  const rolled = rollUp(run.branchSpend.all({ id: row.id }) as SpendRow[]);
  const depends = run.precedents.all(row.id) as string[];
  const held = holdersOf(reader, [row]);
  const sums = rolled.get(row.id) ?? NOTHING;
  const texts = textsOf(reader, row.id);
  const paused = pauseOf(row, held);
  const task = taskShape(row, sums, waitsOf(reader, row), depends, texts, paused, reader.tries(row), nowMs);
  return { ...task, ...unreadOf(reader, row) };
}

function rightsOf({ run }: TreeReader, treeUid: string): Level[] {
  const body = run.setup.get(treeUid) as string | null | undefined;
  // For an unreadable log assume all rights: few roles may grant these, so few people can act on the tree.
  const rights: unknown = body ? (JSON.parse(body) as Partial<Setup>).rights : null;
  return Array.isArray(rights) ? (rights as Level[]) : [...LEVELS];
}

function treeShape({ run, goals, statusCounts }: TreeReader, row: TreeRow, tasks: Task[]): Tree {
  const { status } = row;
  const parked =
    status === "parked"
      ? (run.firstParked.get(row.id) as (Parameters<typeof detailOf>[0] & { untilMs: number }) | undefined)
      : undefined;
  const busy = status === "running" ? (run.busy.get(row.id) as string | undefined) : undefined;
  const asked = status === "waiting" ? askedText(run.firstAsked.get(row.id) as Asked | undefined) : undefined;
  const goal = goals.of({ id: row.rootId, agent: row.rootAgent, tree: row.uid });
  const headline = withoutDisguise(busy ?? asked ?? (parked && detailOf(parked)) ?? heldText(row) ?? row.rootHeadline);
  return {
    id: row.uid,
    title: withoutDisguise(row.title),
    created_by: row.createdBy,
    ...(row.isSystem === 1 && { is_system: true as const }),
    status,
    reason: row.rootReason,
    created_at: iso(row.createdAtMs),
    ended_at: iso(row.endedAtMs),
    root_task_id: row.rootUid,
    workspace: row.workspace,
    priority: row.priority,
    headline,
    parked_until: iso(parked?.untilMs ?? null),
    ...scheduleShape(row),
    ...(row.pinnedBy !== null && row.pinnedAtMs !== null && { pinned: { by: row.pinnedBy, at: iso(row.pinnedAtMs) } }),
    ...(row.isFromArchive === 1 && { from_archive: true as const }),
    ...notKeptShape(row),
    ...placeShape(row),
    ...(row.checksPool !== null && { checks_pool: row.checksPool }),
    forked_from: originOf(row),
    ...(goal && { progress: progressOf(goal) }),
    grant: grantShape(row),
    ...neededShape(row),
    ...activeShape(row),
    totals: {
      tasks: row.tasksTotal,
      ended: row.tasksEnded,
      tokens_in: row.tokensIn,
      tokens_out: row.tokensOut,
      cost_usd: usd(row.microUsd),
      ...(row.copiedMicroUsd > 0 && { copied_cost_usd: usd(row.copiedMicroUsd) }),
    },
    counts: statusCounts.of(row),
    tasks,
  };
}

function progressOf({ bestScore, rounds, isRoundRunning, mostRounds }: GoalFigures): GoalProgress {
  return { score: bestScore, round: rounds + (isRoundRunning ? 1 : 0), rounds_max: mostRounds };
}

type Asked = Parameters<typeof actOf>[0];

/** Returns what a person is asked, on one line: a call as its act, anything else in its own words. */
function askedText(asked: Asked | undefined): string | undefined {
  return asked?.kind === "approval" ? actOf(asked).replaceAll("`", "") : asked?.title;
}

function placeShape({ place }: TreeRow): Pick<Tree, "place"> {
  return place === null ? {} : { place: JSON.parse(place) as NonNullable<Tree["place"]> };
}

/** Why nothing of an unended tree runs: its pool has no free slot. */
function heldText(row: TreeRow): string | null {
  const { place } = placeShape(row);
  return place?.is_held && row.endedAtMs === null ? waitsForPool(place.pool) : null;
}

function notKeptShape({ notKept }: TreeRow): Pick<Tree, "not_kept"> {
  if (notKept === null) return {};
  const { instead, by, at } = JSON.parse(notKept) as NonNullable<Tree["not_kept"]>;
  return { not_kept: { instead, by, at } };
}

function scheduleShape(row: TreeRow): Pick<Tree, "schedule"> {
  const { scheduleUid: id, scheduleName: name, scheduleDueMs, scheduleCause: cause, isScheduleRemoved } = row;
  if (id === null || name === null || scheduleDueMs === null || cause === null) return {};
  return {
    schedule: {
      id,
      name: withoutDisguise(name),
      due_at: iso(scheduleDueMs),
      cause,
      ...(isScheduleRemoved === 1 && { is_removed: true }),
    },
  };
}
