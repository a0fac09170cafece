import type { Sqlite } from "@/db/file/client";
import { LOG_COLUMNS } from "./task-columns";
import { countStatements } from "./tree-counts";

/** Columns of a task's grant and its use, for `grantOf`. */
export const GRANT_COLUMNS = `
  grant_tokens AS capTokens, grant_micro_usd AS capMicroUsd, grant_tasks AS capTasks, grant_depth AS capDepth,
  grant_seconds AS capSeconds, tokens_in + tokens_out AS spentTokens, micro_usd AS spentMicroUsd,
  reserved_tokens AS reservedTokens, reserved_micro_usd AS reservedMicroUsd, given_tokens AS givenTokens,
  given_micro_usd AS givenMicroUsd, given_tasks AS givenTasks`;

/** SQL that says whether a task's grant covers a reservation beside what is spent and given (I6). */
const covers = (spent: Record<"tokens" | "microUsd", string>, wanted: Record<"tokens" | "microUsd", string>) => `
  (grant_tokens IS NULL OR ${spent.tokens} + given_tokens + ${wanted.tokens} <= grant_tokens)
  AND (grant_micro_usd IS NULL OR ${spent.microUsd} + given_micro_usd + ${wanted.microUsd} <= grant_micro_usd)`;

const COVERS = covers(
  { tokens: "tokens_in + tokens_out", microUsd: "micro_usd" },
  { tokens: "@tokens", microUsd: "@microUsd" },
);
/** In the fence, where the row still holds what was spent before the record. */
const COVERS_AFTER = covers(
  { tokens: "@tokensIn + @tokensOut", microUsd: "@microUsd" },
  { tokens: "@reserve", microUsd: "@reserveMicroUsd" },
);

/** Prepares the statements of grants. */
export function grantStatements(sqlite: Sqlite) {
  return {
    addToTree: sqlite.prepare(`
      UPDATE trees SET tokens_in = tokens_in + @tokensIn, tokens_out = tokens_out + @tokensOut, micro_usd = micro_usd + @microUsd
      WHERE id = @id`),
    /** Reserves only what the grant covers (I6). */
    reserve: sqlite.prepare(`
      UPDATE tasks SET reserved_tokens = @tokens, reserved_micro_usd = @microUsd
      WHERE id = @id AND ${COVERS}
      RETURNING ${GRANT_COLUMNS}`),
    grant: sqlite.prepare(`SELECT ${GRANT_COLUMNS} FROM tasks WHERE id = ?`),
    /** Takes a subtask's grant out of its parent's, which must cover it (I6). */
    give: sqlite.prepare(`
      UPDATE tasks SET given_tokens = given_tokens + @tokens, given_micro_usd = given_micro_usd + @microUsd,
        given_tasks = given_tasks + @tasks
      WHERE id = @id
        AND (grant_tokens IS NULL OR tokens_in + tokens_out + reserved_tokens + given_tokens + @tokens <= grant_tokens)
        AND (grant_micro_usd IS NULL OR micro_usd + reserved_micro_usd + given_micro_usd + @microUsd <= grant_micro_usd)
        AND (grant_tasks IS NULL OR 1 + given_tasks + @tasks <= grant_tasks)`),
    /** Returns an amount from subtasks to a task; a negative amount gives more to the subtasks. */
    takeBack: sqlite.prepare(`
      UPDATE tasks SET given_tokens = given_tokens - @tokens, given_micro_usd = given_micro_usd - @microUsd,
        given_tasks = given_tasks - @tasks
      WHERE id = @id RETURNING parent_id AS parentId, ended_at_ms AS endedAtMs`),
    narrow: sqlite.prepare(`
      UPDATE tasks SET grant_tokens = grant_tokens - @tokens, grant_micro_usd = grant_micro_usd - @microUsd,
        grant_tasks = grant_tasks - @tasks WHERE id = @id`),
    extend: sqlite.prepare(`
      UPDATE tasks SET grant_tokens = grant_tokens + @tokens, grant_micro_usd = grant_micro_usd + @microUsd,
        grant_seconds = grant_seconds + @seconds WHERE id = @id
      RETURNING parent_id AS parentId, grant_tokens IS NOT NULL AS capsTokens, grant_micro_usd IS NOT NULL AS capsMicroUsd,
        ended_at_ms IS NOT NULL AS isEnded`),
    /** The task and the tasks above it, nearest first. */
    path: sqlite.prepare(`
      WITH RECURSIVE path(task, above, level) AS (
        SELECT id, parent_id, 0 FROM tasks WHERE id = ?
        UNION ALL SELECT id, parent_id, level + 1 FROM tasks JOIN path ON id = above)
      SELECT id, uid, parent_id AS parentId, ended_at_ms IS NOT NULL AS isEnded, status = 'running' AS isWorking,
        ${GRANT_COLUMNS}
      FROM path JOIN tasks ON id = task ORDER BY level`),
    widen: sqlite.prepare(`
      UPDATE tasks SET grant_tokens = grant_tokens + @tokens, grant_micro_usd = grant_micro_usd + @microUsd
      WHERE id = @id AND parent_id IS NOT NULL
      RETURNING parent_id AS parentId, grant_tokens IS NOT NULL AS capsTokens, grant_micro_usd IS NOT NULL AS capsMicroUsd`),
  };
}

/** Prepares the statements of a record. Preparing them each time would cost 0.2 ms per turn. */
export function recordStatements(sqlite: Sqlite) {
  return {
    ...fenceStatements(sqlite),
    ...childStatements(sqlite),
    ...countStatements(sqlite),
    ...reviewStatements(sqlite),
    ...folderStatements(sqlite),
    ...restStatements(sqlite),
    ...endStatements(sqlite),
  };
}

/** Statements for the fence, letters, and the pause of manual stepping. */
function fenceStatements(sqlite: Sqlite) {
  return {
    /**
     * I4: only the holder of the current lease writes, at the expected length. Every record ends the task's last
     * reservation; `@reserve` is the next one, which is made if the grant covers it (I6). One update of the row is
     * cheaper than two.
     */
    fence: sqlite.prepare(`
      UPDATE tasks SET length = length + @added, letters = letters - @read, ${LOG_COLUMNS.set},
        reserved_tokens = iif(${COVERS_AFTER}, @reserve, 0), reserved_micro_usd = iif(${COVERS_AFTER}, @reserveMicroUsd, 0),
        fruitless_leases = iif(@isStep, 0, fruitless_leases)
      WHERE id = @id AND lease = @lease AND length = @length AND status = 'running' AND (@mustHaveRead = 0 OR letters <= @read)
      RETURNING holds > 0 AS held, letters, turns_allowed AS turnsAllowed, priority, ${GRANT_COLUMNS}`),
    holds: sqlite.prepare("SELECT 1 FROM tasks WHERE id = ? AND lease = ? AND length = ? AND status = 'running'"),
    deleteLetter: sqlite.prepare("DELETE FROM letters WHERE id = ?"),
    openStep: sqlite.prepare(
      "INSERT INTO pauses (tree_id, task_id, scope, by, created_at_ms) VALUES (?, ?, 'step', '', ?)",
    ),
    addHold: sqlite.prepare("UPDATE tasks SET holds = holds + 1 WHERE id = ?"),
  };
}

/** Statements for subtasks. */
function childStatements(sqlite: Sqlite) {
  return {
    insertTask: sqlite
      .prepare(`
      INSERT INTO tasks (uid, tree_id, parent_id, role, purpose, title, depth, priority, status, wait_kind, length,
        ${LOG_COLUMNS.names}, grant_tokens, grant_micro_usd, grant_tasks, grant_depth, grant_seconds, created_at_ms)
      VALUES (@uid, @tree, @parent, @role, @purpose, @title, @depth,
        (SELECT priority FROM tasks WHERE id = @parent), @status, @waitKind, @length, ${LOG_COLUMNS.values},
        @grantTokens, @grantMicroUsd, @grantTasks, @grantDepth, @grantSeconds, @now)
      ON CONFLICT (uid) DO NOTHING RETURNING id`)
      .pluck(),
    /** A pause of a branch also covers tasks started below it later. */
    inheritHolds: sqlite.prepare(`
      UPDATE tasks SET holds = (
        WITH RECURSIVE above(id, parent_id) AS (
          SELECT id, parent_id FROM tasks WHERE id = @parent
          UNION ALL SELECT tasks.id, tasks.parent_id FROM tasks JOIN above ON tasks.id = above.parent_id)
        SELECT count(*) FROM pauses JOIN above ON above.id = pauses.task_id
        WHERE pauses.scope = 'branch' AND pauses.closed_at_ms IS NULL)
      WHERE id = @id AND (SELECT holds FROM tasks WHERE id = @parent) > 0`),
    insertDependency: sqlite.prepare(`
      INSERT INTO dependencies (task_id, on_id, tree_id)
      SELECT task.id, before.id, task.tree_id FROM tasks task, tasks before WHERE task.uid = ? AND before.uid = ?
      ON CONFLICT DO NOTHING`),
  };
}

function reviewStatements(sqlite: Sqlite) {
  return {
    // Its task's newest entry is the one of this record.
    withdrawReview: sqlite.prepare(`
      UPDATE reviews SET status = 'withdrawn', decided_at_ms = max(created_at_ms, ifnull((
        SELECT newest.created_at_ms FROM messages newest WHERE newest.task_id = reviews.task_id ORDER BY newest.id DESC LIMIT 1), 0))
      WHERE uid = ? AND status = 'open'`),
    answerReview: sqlite.prepare(
      "UPDATE reviews SET status = 'answered', answer = ?, decided_by = ?, decided_at_ms = ? WHERE uid = ? AND status = 'open'",
    ),
    readdressReview: sqlite.prepare(
      "UPDATE reviews SET addressee_id = (SELECT id FROM tasks WHERE uid = ?) WHERE uid = ? AND status = 'open'",
    ),
  };
}

function folderStatements(sqlite: Sqlite) {
  return {
    taintTree: sqlite.prepare("UPDATE trees SET is_tainted = 1 WHERE id = ? AND is_tainted = 0"),
    taintFolder: sqlite.prepare("UPDATE folders SET is_tainted = 1 WHERE task_uid = ? AND is_tainted = 0"),
    insertFolder: sqlite.prepare(
      "INSERT INTO folders (tree_id, task_uid, copied_from, base, is_tainted) VALUES (@tree, @task, @from, @base, @isTainted)",
    ),
    keepFolder: sqlite.prepare(
      "UPDATE folders SET snapshot = coalesce(@snapshot, snapshot), base = coalesce(@base, base) WHERE task_uid = @task",
    ),
    keepSnapshot: sqlite.prepare("UPDATE trees SET snapshot = ? WHERE id = ?"),
  };
}

/** Statements for a task whose lease ends and continues later. */
function restStatements(sqlite: Sqlite) {
  return {
    await: sqlite.prepare(
      "UPDATE tasks SET awaited = uid IN (SELECT value FROM json_each(@tasks)) WHERE parent_id = @parent AND ended_at_ms IS NULL",
    ),
    /** Waking is derived (I5): a task that would wait for something that has already happened becomes ready instead. */
    rest: sqlite.prepare(`
      WITH wanted AS (SELECT CASE
        WHEN @status = 'waiting' AND letters > 0 THEN 'ready'
        WHEN @status = 'parked' AND letters > 0 THEN 'ready'
        WHEN @kind IN ('subtasks', 'finishing') AND NOT EXISTS (
          SELECT 1 FROM tasks child WHERE child.parent_id = @id AND child.awaited = 1 AND child.ended_at_ms IS NULL) THEN 'ready'
        WHEN @kind = 'predecessors' AND (
          NOT EXISTS (SELECT 1 FROM dependencies JOIN tasks before ON before.id = on_id
            WHERE task_id = @id AND before.ended_at_ms IS NULL)
          OR EXISTS (SELECT 1 FROM dependencies JOIN tasks before ON before.id = on_id
            WHERE task_id = @id AND before.status IN ('failed', 'stopped'))) THEN 'ready'
        ELSE @status END AS status FROM tasks WHERE id = @id)
      UPDATE tasks SET status = (SELECT status FROM wanted), worker_id = NULL,
        wait_kind = CASE WHEN (SELECT status FROM wanted) IN ('parked', 'waiting') THEN @kind END,
        parked_until_ms = CASE WHEN (SELECT status FROM wanted) IN ('parked', 'waiting') THEN @until END,
        detail = CASE WHEN (SELECT status FROM wanted) = 'parked' THEN @why END
      WHERE id = @id`),
  };
}

/** Statements for the end of a task, and for the tasks that wait for it. */
function endStatements(sqlite: Sqlite) {
  return {
    /** Deletes letters that came too late. A stop among them must not end the task's next attempt. */
    dropLetters: sqlite.prepare("DELETE FROM letters WHERE task_id = ?"),
    end: sqlite.prepare(`
      UPDATE tasks SET status = @status, reason = @reason, detail = @detail, result_seq = @seq, worker_id = NULL,
        wait_kind = NULL, parked_until_ms = NULL, stop_requested = 0, letters = 0, ended_at_ms = @now
      WHERE id = @id`),
    insertAttempt: sqlite.prepare(`
      INSERT INTO attempts (task_id, attempt, tree_id, status, reason, result_seq, ended_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (task_id, attempt) DO NOTHING`),
    // A SELECT first, because an UPDATE over many rows has the cost of a possible rollback, ten times that of the SELECT.
    hasQuestions: sqlite.prepare("SELECT 1 FROM reviews WHERE task_id = ? AND status = 'open' LIMIT 1"),
    hasDependents: sqlite.prepare("SELECT 1 FROM dependencies WHERE on_id = ? LIMIT 1"),
    /** Withdraws open questions and approvals of an ended task, because nobody waits for their answers. */
    withdrawQuestions: sqlite.prepare(`
      UPDATE reviews SET status = 'withdrawn', decided_at_ms = (SELECT ended_at_ms FROM tasks WHERE tasks.id = reviews.task_id)
      WHERE task_id = ? AND kind IN ('question', 'approval') AND status = 'open'`),
    wakeParent: sqlite
      .prepare(`
      UPDATE tasks SET status = 'ready', wait_kind = NULL, parked_until_ms = NULL
      WHERE id = @id AND status = 'waiting' AND wait_kind IN ('subtasks', 'finishing') AND NOT EXISTS (
        SELECT 1 FROM tasks child WHERE child.parent_id = @id AND child.awaited = 1 AND child.ended_at_ms IS NULL)
      RETURNING uid`)
      .pluck(),
    wakeDependents: sqlite
      .prepare(`
      UPDATE tasks SET status = 'ready', wait_kind = NULL, parked_until_ms = NULL
      WHERE id IN (SELECT task_id FROM dependencies WHERE on_id = @id) AND status = 'waiting' AND wait_kind = 'predecessors'
        AND (@status <> 'succeeded' OR NOT EXISTS (
          SELECT 1 FROM dependencies JOIN tasks before ON before.id = dependencies.on_id
          WHERE dependencies.task_id = tasks.id AND before.ended_at_ms IS NULL))
      RETURNING uid`)
      .pluck(),
    endTree: sqlite.prepare(`
      UPDATE trees SET ended_at_ms = @now WHERE id = @tree AND ended_at_ms IS NULL
        AND NOT EXISTS (SELECT 1 FROM tasks WHERE tree_id = @tree AND ended_at_ms IS NULL)`),
  };
}
