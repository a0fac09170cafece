/** Prepared statements for commands on trees. */
import type { Sqlite } from "@/db/file/client";
import { LOCKED_FOLDER, taintedAt } from "@/db/queries/folders";
import { FOUND_TASK } from "@/db/records/found-task";
import { HALTED } from "@/db/records/halt";
import { LOG_COLUMNS } from "@/db/records/task-columns";

/** SQL for 1 when an earlier tree left outside content in the folder, or in a folder around or inside it. */
const TAINTED_FOLDER = `(@inPlace = 1 AND ${taintedAt("@workspace")})`;

const BELOW = `
  WITH RECURSIVE below(id) AS (SELECT @task UNION ALL SELECT tasks.id FROM tasks JOIN below ON tasks.parent_id = below.id)`;

export function treeStatements(sqlite: Sqlite) {
  return {
    ...insertStatements(sqlite),
    ...pauseStatements(sqlite),
    ...changeStatements(sqlite),
  };
}

function insertStatements(sqlite: Sqlite) {
  return {
    lockedFolder: sqlite.prepare(LOCKED_FOLDER).pluck(),
    // Outside content that another tree left in the folder, or in a folder around or inside it, taints this tree too.
    insertTree: sqlite
      .prepare(`
      INSERT INTO trees (uid, title, workspace, in_place, had_files, priority, created_by, cap_tokens, cap_micro_usd, cap_tasks,
        cap_depth, cap_seconds, repository, is_system, is_tainted, pending_snapshot, snapshot, tasks_total, work_total, created_at_ms)
      VALUES (@uid, @title, @workspace, @inPlace, @hadFiles, @priority, @createdBy, @tokens, @microUsd, @tasks, @depth, @seconds, @repository, @isSystem,
        max(@isTainted, ${TAINTED_FOLDER}), @snapshot, @snapshot, 1, 1, @now)
      RETURNING id`)
      .pluck(),
    insertRoot: sqlite
      .prepare(`
      INSERT INTO tasks (uid, tree_id, role, title, depth, priority, status, length, ${LOG_COLUMNS.names},
        grant_tokens, grant_micro_usd, grant_tasks, grant_depth, grant_seconds, created_at_ms)
      VALUES (@uid, @tree, 'work', @title, 0, @priority, 'ready', @length, ${LOG_COLUMNS.values},
        @grantTokens, @grantMicroUsd, @grantTasks, @grantDepth, @grantSeconds, @now)
      RETURNING id`)
      .pluck(),
    insertPlace: sqlite.prepare("INSERT INTO places (tree_id, pool) VALUES (?, ?)"),
    insertCheckPool: sqlite.prepare("INSERT INTO check_pools (tree_id, pool) VALUES (?, ?)"),
    /** A tree of a schedule: with it, so that its time begins once even if the tree is deleted before the next look. */
    scheduleBegan: sqlite.prepare("UPDATE schedule_runs SET outcome = 'begun', why = NULL WHERE tree = ?"),
    setRoot: sqlite.prepare("UPDATE trees SET root_id = ? WHERE id = ?"),
  };
}

function pauseStatements(sqlite: Sqlite) {
  return {
    /** A pause of the branch replaces a pause of its task alone. */
    openPause: sqlite.prepare(`
      SELECT 1 FROM pauses WHERE task_id = @task AND closed_at_ms IS NULL AND scope <> 'step'
        AND (scope = 'branch' OR scope = @scope)`),
    insertPause: sqlite.prepare(
      "INSERT INTO pauses (tree_id, task_id, scope, by, created_at_ms) VALUES (?, ?, ?, ?, ?)",
    ),
    pausedAbove: sqlite
      .prepare(`
      WITH RECURSIVE above(id, far) AS (
        SELECT parent_id, 1 FROM tasks WHERE id = @task
        UNION ALL SELECT tasks.parent_id, far + 1 FROM tasks JOIN above ON tasks.id = above.id)
      SELECT task.title FROM above JOIN tasks task ON task.id = above.id JOIN pauses ON pauses.task_id = task.id
      WHERE pauses.scope = 'branch' AND pauses.closed_at_ms IS NULL ORDER BY far LIMIT 1`)
      .pluck(),
    /** A task under manual stepping pauses before each turn, also before its first. */
    maybeStepped: sqlite.prepare(`${BELOW}
      SELECT ${FOUND_TASK} FROM tasks task JOIN trees tree ON tree.id = task.tree_id
      WHERE task.id IN (SELECT id FROM below) AND task.ended_at_ms IS NULL AND (task.id = @task OR task.turns = 0
        OR EXISTS (SELECT 1 FROM pauses WHERE pauses.task_id = task.id AND pauses.scope = 'step'))`),
    /** Tasks below with a pause of their own, and the selector that stands with the task as one. */
    pausedNear: sqlite.prepare(`${BELOW}
      SELECT ${FOUND_TASK} FROM tasks task JOIN trees tree ON tree.id = task.tree_id
      WHERE task.id <> @task AND EXISTS (
          SELECT 1 FROM pauses WHERE pauses.task_id = task.id AND pauses.scope <> 'step' AND pauses.closed_at_ms IS NULL)
        AND (task.id IN (SELECT id FROM below) OR (task.agent = 'agent_selector'
          AND task.id = (SELECT parent_id FROM tasks WHERE id = @task)))
      ORDER BY task.id`),
    unendedBelow: sqlite
      .prepare(
        `${BELOW} SELECT uid FROM tasks WHERE id IN (SELECT id FROM below) AND id <> @task AND ended_at_ms IS NULL`,
      )
      .pluck(),
    holdTask: sqlite.prepare("UPDATE tasks SET holds = holds + 1 WHERE id = @task RETURNING uid").pluck(),
    holdBranch: sqlite
      .prepare(`${BELOW} UPDATE tasks SET holds = holds + 1 WHERE id IN (SELECT id FROM below) RETURNING uid`)
      .pluck(),
    closePauses: sqlite
      .prepare(`
      UPDATE pauses SET closed_by = @by, closed_at_ms = @now
      WHERE closed_at_ms IS NULL AND task_id = @task AND (@kind = 'any' OR scope = @kind) RETURNING scope`)
      .pluck(),
    freeTask: sqlite.prepare("UPDATE tasks SET holds = max(0, holds - 1) WHERE id = @task RETURNING uid").pluck(),
    freeBranch: sqlite
      .prepare(`${BELOW} UPDATE tasks SET holds = max(0, holds - 1) WHERE id IN (SELECT id FROM below) RETURNING uid`)
      .pluck(),
  };
}

/** Statements that change how existing tasks continue. */
function changeStatements(sqlite: Sqlite) {
  return {
    setPriority: sqlite
      .prepare(`${BELOW} UPDATE tasks SET priority = @priority WHERE id IN (SELECT id FROM below) RETURNING uid`)
      .pluck(),
    setTreePriority: sqlite.prepare("UPDATE trees SET priority = ? WHERE id = ?"),
    /** What a pause holds does not try, whatever it is told; resuming it unparks it too. */
    parkedBelow: sqlite
      .prepare(`
      ${BELOW} SELECT uid FROM tasks
      WHERE id IN (SELECT id FROM below) AND status = 'parked' AND holds + ${HALTED} = 0`)
      .pluck(),
    /** A running task is in the middle of a turn. */
    allowTurn: sqlite.prepare("UPDATE tasks SET turns_allowed = turns + 1 WHERE id = ? AND status <> 'running'"),
    extendTree: sqlite.prepare(`
      UPDATE trees SET cap_tokens = cap_tokens + @tokens, cap_micro_usd = cap_micro_usd + @microUsd,
        cap_seconds = cap_seconds + @seconds WHERE id = @id`),
  };
}
