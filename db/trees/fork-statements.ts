/** Prepared statements that write the copy of a tree. */
import type { Sqlite } from "@/db/file/client";
import { taintedAt } from "@/db/queries/folders";
import { setTreeCounts } from "@/db/records/tree-counts";

export function forkStatements(sqlite: Sqlite) {
  return { ...copyStatements(sqlite), ...totalStatements(sqlite), ...reviewStatements(sqlite) };
}

/** Statements for the tree, its outputs, files of responses, and folders. */
function copyStatements(sqlite: Sqlite) {
  return {
    original: sqlite.prepare("SELECT 1 FROM trees WHERE id = ? AND uid = ?"),
    insertTree: sqlite
      .prepare(`
      INSERT INTO trees (uid, title, workspace, in_place, priority, created_by, forked_from, fork_seq, pending_snapshot, snapshot,
        created_at_ms, had_files, repository, is_tainted)
      VALUES (@uid, @title, @workspace, 0, @priority, @by, @from, @seq, @snapshot, @snapshot, @now,
        (SELECT had_files FROM trees WHERE uid = @from), (SELECT repository FROM trees WHERE uid = @from), (SELECT max(is_tainted, in_place = 1 AND ${taintedAt("trees.workspace")}) FROM trees WHERE uid = @from)) RETURNING id`)
      .pluck(),
    useBlob: sqlite.prepare("UPDATE blobs SET uses = uses + 1 WHERE id = ?"),
    useOutputs: sqlite.prepare(`
      UPDATE blobs SET uses = uses + (SELECT count(*) FROM outputs WHERE blob_id = blobs.id AND task_id = @origin AND turn <= @turn)
      WHERE id IN (SELECT blob_id FROM outputs WHERE task_id = @origin AND turn <= @turn)`),
    copyOutputs: sqlite.prepare(`
      INSERT INTO outputs (tree_id, task_id, call_id, turn, chars, blob_id)
      SELECT @tree, @id, call_id, turn, chars, blob_id FROM outputs WHERE task_id = @origin AND turn <= @turn`),
    useAttachments: sqlite.prepare(`
      UPDATE blobs SET uses = uses + (SELECT count(*) FROM attachments WHERE blob_id = blobs.id AND task_id = @origin AND turn <= @turn)
      WHERE id IN (SELECT blob_id FROM attachments WHERE task_id = @origin AND turn <= @turn)`),
    copyAttachments: sqlite.prepare(`
      INSERT INTO attachments (tree_id, task_id, turn, blob_id)
      SELECT @tree, @id, turn, blob_id FROM attachments WHERE task_id = @origin AND turn <= @turn`),
    copyPool: sqlite.prepare(
      "INSERT INTO places (tree_id, pool) SELECT @tree, pool FROM places WHERE tree_id = @source",
    ),
    copyCheckPool: sqlite.prepare(
      "INSERT INTO check_pools (tree_id, pool) SELECT @tree, pool FROM check_pools WHERE tree_id = @source",
    ),
    insertFolder: sqlite.prepare(`
      INSERT INTO folders (tree_id, task_uid, copied_from, base, snapshot, is_tainted)
      VALUES (@tree, @task, @from, @base, @snapshot, coalesce((SELECT is_tainted FROM folders WHERE task_uid = @sourceTask), 0))`),
  };
}

/** The totals of the tree, once all its tasks are there. */
function totalStatements(sqlite: Sqlite) {
  return {
    total: sqlite.prepare(`
      UPDATE trees SET root_id = @root, cap_tokens = root.grant_tokens, cap_micro_usd = root.grant_micro_usd,
        cap_tasks = root.grant_tasks, cap_depth = root.grant_depth, cap_seconds = root.grant_seconds,
        tokens_in = sums.tokensIn, tokens_out = sums.tokensOut, micro_usd = sums.microUsd, copied_tokens = sums.tokensIn + sums.tokensOut,
        copied_micro_usd = sums.microUsd, ${setTreeCounts("@tree")},
        work_total = sums.work
      FROM (SELECT * FROM tasks WHERE id = @root) root, (
        SELECT sum(tokens_in) AS tokensIn, sum(tokens_out) AS tokensOut, sum(micro_usd) AS microUsd,
          sum(role = 'work') AS work FROM tasks WHERE tree_id = @tree) sums
      WHERE trees.id = @tree`),
  };
}

function reviewStatements(sqlite: Sqlite) {
  return {
    copyReview: sqlite.prepare(`
      INSERT INTO reviews (uid, tree_id, task_id, addressee_id, kind, title, detail, evidence, blast_radius, uncertainty,
        if_ignored, facts, subject, level, why, seq, status, answer, created_at_ms, decided_by, decided_at_ms)
      SELECT @uid, @tree, @task, @addressee, kind, title, detail, evidence, blast_radius, uncertainty, if_ignored, facts, subject, level, why, NULL,
        CASE WHEN @isOpen THEN 'open' ELSE status END, CASE WHEN @isOpen THEN NULL ELSE answer END, created_at_ms,
        CASE WHEN @isOpen THEN NULL ELSE decided_by END, CASE WHEN @isOpen THEN NULL ELSE decided_at_ms END
      FROM reviews WHERE uid = @source`),
    copyProposal: sqlite.prepare(`
      INSERT INTO proposals (review_id, kind, name, base_version, body, hash, why, status, proposed_by, created_at_ms, version)
      SELECT (SELECT id FROM reviews WHERE uid = @uid), kind, name, base_version, body, hash, why,
        CASE WHEN @isOpen THEN 'open' ELSE status END, proposed_by, created_at_ms, CASE WHEN @isOpen THEN NULL ELSE version END
      FROM proposals WHERE review_id = (SELECT id FROM reviews WHERE uid = @source)`),
  };
}
