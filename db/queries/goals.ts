import { readChange } from "@/core/goals/facts/fields";
import type { Spending } from "@/core/goals/spending";
import type { GoalChange } from "@/core/log/goal";
import type { UnitEstimate } from "@/core/log/plans";
import { type EndStatus, isEnded, type TaskStatus } from "@/core/log/terms";
import type { FinishedUnit } from "@/core/plans/estimates";
import { ROUND_MODEL } from "@/core/programs/names";
import { fieldOf, isEvent } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import { KINDS } from "@/db/file/rows";
import { AWAITED, AWAITED_UNTIL } from "./reviews";
import { type Worked, workedIn, workedUntil } from "./stretches";
import type { TimelineQueries } from "./timeline";

const CALL = KINDS.indexOf("tool_call");
const REPLY = KINDS.indexOf("agent_response");

export interface GoalQueries {
  /** Returns the message before the reply of each call: a fork there makes the call again. */
  repliesBefore(taskId: number): { callId: string; seq: number }[];
  /** Returns what people have changed of a task's goal, the oldest change first, also when no round has read it yet. */
  changesOf(taskId: number): GoalChange[];
  /** Returns the newest units that succeeded in a tree's project, or else in its repository, or in a project. */
  finishedUnits(of: { treeUid: string } | { project: string }): FinishedUnit[];
  /** Returns the tasks that a round started, by their public ids. */
  tasksOfRound(taskUid: string): Map<string, RoundUnit>;
  /** Returns what the tasks below a task spent, for each of its own subtasks by agent. */
  spentBelow(taskUid: string): Spending[];
  /**
   * Returns how long the tree of a task has worked since a time, or since the task began, in ms: the time in which at least
   * one of its tasks ran on the timeline, without what was before the tree.
   */
  workedMs(taskUid: string, sinceMs: number | null, nowMs: number): number;
  /** Returns the same time in two parts: until a task began to run that runs still, and since when; null: none runs. */
  worked(taskUid: string, sinceMs: number | null, nowMs: number): Worked;
}

/** A task that a round started. */
export interface RoundUnit {
  ended: EndStatus | null;
  reason: string | null;
  isRunning: boolean;
  /** How long it has worked, in ms, without the time in which it waited for people; null before its end. */
  tookMs: number | null;
  /** What it and its subtasks have spent. */
  microUsd: number;
}

const INSTRUCTION = KINDS.indexOf("instruction");

/** Units whose times count for the next estimate: what older ones took says less. */
const MOST_UNITS = 500;

/** SQL: how long an ended task has worked, in ms, without the time in which it waited for people. */
const TOOK_MS = `max(0, unit.ended_at_ms - unit.started_at_ms - ifnull((
  SELECT sum(min(coalesce(${AWAITED_UNTIL}, unit.ended_at_ms), unit.ended_at_ms) - max(created_at_ms, unit.started_at_ms))
  FROM reviews WHERE task_id = unit.id AND ${AWAITED}), 0))`;

/** SQL: what a task and all tasks below it have spent, in micro-dollars. */
const SPENT = `(
  WITH RECURSIVE branch(id) AS (
    SELECT unit.id UNION ALL SELECT below.id FROM tasks below JOIN branch ON below.parent_id = branch.id)
  SELECT sum(spending.micro_usd) FROM branch JOIN tasks spending ON spending.id = branch.id)`;

/** SQL of the finished units of trees. A unit of a fork counts in its origin, and an archive was made elsewhere. */
const finishedIn = (trees: string) => `
  SELECT ${TOOK_MS} AS tookMs, ${SPENT} AS microUsd, ${fieldOf("unit", "first")} AS unit
  FROM trees tree JOIN tasks round ON round.tree_id = tree.id AND round.model = '${ROUND_MODEL}'
    JOIN tasks unit ON unit.parent_id = round.id AND unit.status = 'succeeded' AND unit.origin_id IS NULL
    JOIN messages first ON first.id = (
      SELECT min(id) FROM messages WHERE messages.task_id = unit.id AND kind = ${INSTRUCTION})
  WHERE tree.archive_hash IS NULL AND ${trees}
  ORDER BY unit.ended_at_ms DESC, unit.id DESC LIMIT ${MOST_UNITS}`;

/** SQL condition: the tree works in a repository of the project that has this id. */
const worksIn = (project: string) =>
  `tree.repository IN (SELECT key FROM project_repositories WHERE project_id = (${project}))`;

export function createGoalQueries(sqlite: Sqlite, timeline: TimelineQueries): GoalQueries {
  const ofTree = sqlite.prepare(
    finishedIn(
      `(tree.repository = (SELECT repository FROM trees WHERE uid = @treeUid) OR ${worksIn(`
      SELECT project_id FROM project_repositories
      WHERE key = (SELECT repository FROM trees WHERE uid = @treeUid)`)})`,
    ),
  );
  const ofProject = sqlite.prepare(finishedIn(worksIn("SELECT id FROM projects WHERE name = @project")));
  const ofRound = sqlite.prepare(`
    SELECT unit.uid, unit.status, unit.reason, iif(unit.ended_at_ms IS NULL, NULL, ${TOOK_MS}) AS tookMs,
      unit.started_at_ms IS NOT NULL AS isBegun, ${SPENT} AS microUsd
    FROM tasks round JOIN tasks unit ON unit.parent_id = round.id WHERE round.uid = ?`);
  const spent = sqlite.prepare(`
    WITH RECURSIVE branch(id, top) AS (
      SELECT id, uid FROM tasks WHERE parent_id = (SELECT id FROM tasks WHERE uid = ?)
      UNION ALL SELECT tasks.id, branch.top FROM tasks JOIN branch ON tasks.parent_id = branch.id)
    SELECT branch.top AS task, agent, sum(tokens_in + tokens_out) AS tokens, sum(micro_usd) AS microUsd
    FROM branch JOIN tasks ON tasks.id = branch.id GROUP BY branch.top, agent`);
  // A reply comes directly before its calls, so the message before the reply is the newest one before it.
  const before = sqlite.prepare(`
    SELECT call.call_id AS callId, (
        SELECT max(older.id) FROM messages AS older WHERE older.task_id = call.task_id AND older.id < (
          SELECT max(reply.id) FROM messages AS reply
          WHERE reply.task_id = call.task_id AND reply.id < call.id AND reply.kind = ${REPLY})) AS seq
    FROM messages AS call WHERE call.task_id = ? AND call.kind = ${CALL}`);
  const changes = sqlite
    .prepare(`
    SELECT fields FROM (
      SELECT 0 AS isUnread, id, ${fieldOf("fields")} AS fields FROM messages
      WHERE task_id = @task AND ${isEvent(["goal_changed"])}
      UNION ALL
      SELECT 1, id, body ->> '$.fields' FROM letters WHERE task_id = @task)
    WHERE fields IS NOT NULL ORDER BY isUnread, id`)
    .pluck();
  const begun = sqlite.prepare(`
    SELECT root.uid AS rootUid, task.created_at_ms AS taskMs, tree.created_at_ms AS treeMs
    FROM tasks task JOIN trees tree ON tree.id = task.tree_id JOIN tasks root ON root.id = tree.root_id WHERE task.uid = ?`);
  const ranSince = (taskUid: string, sinceMs: number | null, nowMs: number) => {
    const { rootUid, taskMs, treeMs } = begun.get(taskUid) as { rootUid: string; taskMs: number; treeMs: number };
    const beginMs = Math.max(sinceMs ?? taskMs, treeMs);
    return { ran: timeline.ran(rootUid, beginMs, nowMs), beginMs };
  };
  return {
    changesOf: (taskId) =>
      (changes.all({ task: taskId }) as string[]).flatMap((fields) => readChange(JSON.parse(fields)) ?? []),
    worked(taskUid, sinceMs, nowMs) {
      const { ran, beginMs } = ranSince(taskUid, sinceMs, nowMs);
      return workedIn(ran, beginMs, nowMs);
    },
    workedMs(taskUid, sinceMs, nowMs) {
      const { ran, beginMs } = ranSince(taskUid, sinceMs, nowMs);
      return workedUntil(ran, beginMs, nowMs);
    },
    finishedUnits: (of) => (("project" in of ? ofProject : ofTree).all(of) as FinishedRow[]).flatMap(finishedOf),
    tasksOfRound: (taskUid) => new Map((ofRound.all(taskUid) as UnitRow[]).map((row) => [row.uid, unitOf(row)])),
    repliesBefore: (taskId) =>
      (before.all(taskId) as { callId: string; seq: number | null }[]).flatMap(({ callId, seq }) =>
        seq === null ? [] : [{ callId, seq }],
      ),
    spentBelow: (taskUid) => spent.all(taskUid) as Spending[],
  };
}

interface FinishedRow {
  tookMs: number;
  microUsd: number;
  unit: string | null;
}

/** Returns nothing for a unit from before plans had estimates. */
function finishedOf({ tookMs, microUsd, unit }: FinishedRow): FinishedUnit[] {
  if (unit === null) return [];
  const { kind, minutes, low, high } = JSON.parse(unit) as UnitEstimate;
  return [{ kind, minutes, low, high, took: tookMs / 60_000, microUsd }];
}

interface UnitRow {
  uid: string;
  status: TaskStatus;
  reason: string | null;
  tookMs: number | null;
  isBegun: 0 | 1;
  microUsd: number;
}

function unitOf({ status, reason, tookMs, isBegun, microUsd }: UnitRow): RoundUnit {
  const ended = isEnded(status) ? status : null;
  return { ended, reason, tookMs, microUsd, isRunning: ended === null && isBegun === 1 };
}
