/** Rows of schedules and their times, and the statements that read and write them. */
import type { TaskStatus } from "@/core/log/terms";
import type { Actor } from "@/core/rules/roles";
import type { EvolutionRun, RunFault } from "@/core/shapes/evolution";
import type { Overlap, ScheduledSubmission, ScheduleRun } from "@/core/shapes/schedules";
import { withoutDisguise } from "@/core/words/visible";
import type { Sqlite } from "@/db/file/client";
import { TREE_STATUS } from "@/db/queries/tree-list";

export interface ScheduleRow {
  id: number;
  uid: string;
  name: string;
  cron: string;
  zone: string;
  overlap: Overlap;
  submission: string;
  maker: string;
  nextAtMs: number | null;
  pausedAtMs: number | null;
  pausedBy: string | null;
  pausedWhy: string | null;
  failures: number;
  createdAtMs: number;
}

export type StoredSchedule = Omit<ScheduleRow, "submission" | "maker"> & {
  submission: ScheduledSubmission;
  maker: Actor;
};

export interface StoredRun {
  id: number;
  scheduleId: number;
  dueAtMs: number;
  outcome: ScheduleRun["outcome"];
  tree: string | null;
}

export interface RunRow extends Omit<StoredRun, "tree"> {
  cause: ScheduleRun["cause"];
  by: string | null;
  why: string | null;
  missed: number;
  missedSinceMs: number | null;
  createdAtMs: number;
  treeUid: string | null;
  title: string | null;
  status: TaskStatus | null;
  isBlocked: number;
  /** Public id of the run of an evolution that it began. */
  evolution: string | null;
  /** Of that run; null: it is gone. */
  evolving: EvolutionRun["state"] | null;
  evolvingWhy: string | null;
  evolvingFault: RunFault | null;
  project: string | null;
}

export function scheduleOf({ submission, maker, name, ...row }: ScheduleRow): StoredSchedule {
  return {
    ...row,
    name: withoutDisguise(name),
    submission: JSON.parse(submission) as ScheduledSubmission,
    maker: JSON.parse(maker) as Actor,
  };
}

const COLUMNS = `id, uid, name, cron, zone, overlap, submission, maker, next_at_ms AS nextAtMs, paused_at_ms AS pausedAtMs,
  paused_by AS pausedBy, paused_why AS pausedWhy, failures, created_at_ms AS createdAtMs`;
const KEPT = "removed_at_ms IS NULL";
const ACTIVE = `paused_at_ms IS NULL AND ${KEPT}`;
const PAUSED_BY_BANYAN = `paused_at_ms IS NOT NULL AND paused_by IS NULL AND ${KEPT}`;
/** Settled, and no tree names it: it was skipped, it failed, or its tree was deleted. */
const TREELESS = "(outcome IN ('skipped', 'failed') OR (outcome = 'begun' AND tree IS NULL))";
const RUN = "id, schedule_id AS scheduleId, due_at_ms AS dueAtMs, outcome, tree";

export function scheduleStatements(sqlite: Sqlite) {
  return { ...ofSchedules(sqlite), ...ofTimes(sqlite), ...ofRuns(sqlite) };
}

function ofSchedules(sqlite: Sqlite) {
  return {
    all: sqlite.prepare(`SELECT ${COLUMNS} FROM schedules WHERE ${KEPT} ORDER BY lower(name), id`),
    count: sqlite.prepare(`SELECT count(*) FROM schedules WHERE ${KEPT}`).pluck(),
    get: sqlite.prepare(`SELECT ${COLUMNS} FROM schedules WHERE uid = ? AND ${KEPT}`),
    byId: sqlite.prepare(`SELECT ${COLUMNS} FROM schedules WHERE id = ? AND ${ACTIVE}`),
    like: sqlite
      .prepare(`SELECT uid FROM schedules WHERE uid >= @prefix AND uid < @prefix || '~' AND ${KEPT} LIMIT 2`)
      .pluck(),
    insert: sqlite.prepare(`
      INSERT INTO schedules (uid, name, cron, zone, overlap, submission, maker, next_at_ms, created_at_ms)
      VALUES (@uid, @name, @cron, @zone, @overlap, @submission, @maker, @nextAtMs, @now)
      ON CONFLICT (uid) DO NOTHING`),
    /** At the same times, a time that is due in this moment is not lost by a change of the name. */
    change: sqlite.prepare(`
      UPDATE schedules SET name = @name, cron = @cron, zone = @zone, overlap = @overlap, submission = @submission,
        maker = @maker, failures = 0,
        next_at_ms = CASE WHEN cron = @cron AND zone = @zone THEN next_at_ms ELSE @nextAtMs END
      WHERE uid = @uid AND ${KEPT}`),
    pause: sqlite.prepare(`
      UPDATE schedules SET paused_at_ms = @now, paused_by = @by, paused_why = @why WHERE uid = @uid AND ${ACTIVE}`),
    /** The reason of Banyan's pause stays. */
    leavePaused: sqlite.prepare(`
      UPDATE schedules SET paused_by = @by WHERE uid = @uid AND paused_at_ms IS NOT NULL AND paused_by IS NULL AND ${KEPT}`),
    resume: sqlite.prepare(`
      UPDATE schedules SET paused_at_ms = NULL, paused_by = NULL, paused_why = NULL, failures = 0, maker = @maker,
        next_at_ms = @nextAtMs
      WHERE uid = @uid AND paused_at_ms IS NOT NULL AND ${KEPT}`),
    remove: sqlite.prepare(`UPDATE schedules SET removed_at_ms = @now WHERE uid = @uid AND ${KEPT}`),
    pausedSince: sqlite.prepare(`
      SELECT ${COLUMNS} FROM schedules WHERE paused_at_ms >= ? AND paused_by IS NULL AND ${KEPT} ORDER BY paused_at_ms`),
    pausedByBanyan: sqlite.prepare(`
      SELECT uid, name, paused_at_ms AS pausedAtMs, ifnull(paused_why, '') AS pausedWhy FROM schedules
      WHERE ${PAUSED_BY_BANYAN} ORDER BY paused_at_ms DESC, id DESC LIMIT ?`),
    countPausedByBanyan: sqlite.prepare(`SELECT count(*) FROM schedules WHERE ${PAUSED_BY_BANYAN}`).pluck(),
  };
}

/** Statements about the next time. */
function ofTimes(sqlite: Sqlite) {
  return {
    due: sqlite.prepare(`SELECT ${COLUMNS} FROM schedules WHERE next_at_ms <= ? AND ${ACTIVE} ORDER BY next_at_ms, id`),
    ahead: sqlite.prepare(`SELECT ${COLUMNS} FROM schedules WHERE next_at_ms > ? AND ${ACTIVE}`),
    setNext: sqlite.prepare(
      `UPDATE schedules SET next_at_ms = @nextAtMs WHERE uid = @uid AND next_at_ms = @expectedMs AND ${ACTIVE}`,
    ),
    advance: sqlite.prepare(`
      UPDATE schedules SET next_at_ms = @nextAtMs WHERE uid = @uid AND next_at_ms = @expectedMs AND ${ACTIVE}
      RETURNING id, overlap`),
  };
}

/** A kill may have come between a person's tree and the note that it has begun. */
const HAS_TREE = "EXISTS (SELECT 1 FROM trees WHERE uid = schedule_runs.tree)";

function ofRuns(sqlite: Sqlite) {
  return {
    /** The tree that has not ended, or that is being made. */
    openTree: sqlite
      .prepare(`
      SELECT run.tree FROM schedule_runs run LEFT JOIN trees ON trees.uid = run.tree
      WHERE run.schedule_id = @id AND run.tree IS NOT NULL
        AND iif(trees.id IS NULL, run.outcome = 'pending', trees.ended_at_ms IS NULL)
      ORDER BY run.id DESC LIMIT 1`)
      .pluck(),
    insertRun: sqlite.prepare(`
      INSERT INTO schedule_runs (schedule_id, due_at_ms, cause, by, outcome, why, tree, blocked_by, missed,
        missed_since_ms, created_at_ms)
      VALUES (@schedule, @dueMs, @cause, @by, @outcome, @why, @tree, @blockedBy, @missed, @missedSinceMs, @now)
      ON CONFLICT DO NOTHING RETURNING ${RUN}`),
    lastStart: sqlite
      .prepare("SELECT max(due_at_ms) FROM schedule_runs WHERE schedule_id = ? AND cause = 'person'")
      .pluck(),
    ofTree: sqlite.prepare(`SELECT ${RUN} FROM schedule_runs WHERE tree = @tree AND schedule_id = @schedule`),
    pending: sqlite.prepare(
      `SELECT ${RUN} FROM schedule_runs WHERE outcome = 'pending' AND cause = 'time' ORDER BY id`,
    ),
    stillPending: sqlite.prepare(`SELECT ${RUN} FROM schedule_runs WHERE id = ? AND outcome = 'pending'`),
    hasLost: sqlite.prepare(`
      SELECT 1 FROM schedule_runs WHERE outcome = 'pending' AND CASE cause
        WHEN 'time' THEN schedule_id IN (SELECT id FROM schedules WHERE NOT (${ACTIVE}))
        ELSE created_at_ms < @before END LIMIT 1`),
    settlePaused: sqlite.prepare(`
      UPDATE schedule_runs SET outcome = 'skipped', why = ? WHERE outcome = 'pending' AND cause = 'time'
        AND schedule_id IN (SELECT id FROM schedules WHERE NOT (${ACTIVE}))`),
    settlePersons: sqlite.prepare(`
      UPDATE schedule_runs SET outcome = iif(${HAS_TREE}, 'begun', 'failed'), why = iif(${HAS_TREE}, NULL, @lost)
      WHERE outcome = 'pending' AND cause = 'person' AND created_at_ms < @before`),
    hasTree: sqlite.prepare("SELECT 1 FROM trees WHERE uid = ? AND archive_hash IS NULL"),
    begun: sqlite.prepare("UPDATE schedule_runs SET outcome = 'begun', why = NULL WHERE id = ?"),
    evolves: sqlite.prepare(
      "UPDATE schedule_runs SET outcome = 'begun', why = NULL, tree = NULL, evolution = @evolution WHERE id = @id",
    ),
    skipped: sqlite.prepare("UPDATE schedule_runs SET outcome = 'skipped', why = @why, tree = NULL WHERE id = @id"),
    failed: sqlite.prepare(
      "UPDATE schedule_runs SET outcome = 'failed', why = @why WHERE id = @id AND outcome = 'pending'",
    ),
    forgetFailures: sqlite.prepare("UPDATE schedules SET failures = 0 WHERE id = ?"),
    countFailure: sqlite
      .prepare("UPDATE schedules SET failures = failures + 1 WHERE id = ? RETURNING failures")
      .pluck(),
    prune: sqlite.prepare(`
      DELETE FROM schedule_runs WHERE schedule_id = @schedule AND ${TREELESS} AND id <= (
        SELECT id FROM schedule_runs WHERE schedule_id = @schedule AND ${TREELESS}
        ORDER BY id DESC LIMIT 1 OFFSET @keep)`),
    runs: sqlite.prepare(`
      SELECT run.id, run.schedule_id AS scheduleId, run.due_at_ms AS dueAtMs, run.outcome, run.cause, run.by, run.why,
        run.missed, run.missed_since_ms AS missedSinceMs, run.created_at_ms AS createdAtMs,
        run.blocked_by IS NOT NULL AS isBlocked, tree.uid AS treeUid, tree.title, ${TREE_STATUS} AS status,
        run.evolution, evolving.state AS evolving, evolving.why AS evolvingWhy, evolving.fault AS evolvingFault, project.name AS project
      FROM schedule_runs run LEFT JOIN trees tree ON tree.uid = coalesce(run.tree, run.blocked_by)
        LEFT JOIN tasks root ON root.id = tree.root_id
        LEFT JOIN evolution_runs evolving ON evolving.uid = run.evolution
        LEFT JOIN projects project ON project.id = evolving.project_id
      WHERE run.schedule_id = ? ORDER BY run.id DESC LIMIT ?`),
  };
}
