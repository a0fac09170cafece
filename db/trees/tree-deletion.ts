/** Deletes a tree with everything that belongs to it, and keeps what must outlive it. */
import type { Sqlite } from "@/db/file/client";
import { createLessonForgetting } from "@/db/memory/forget";
import { notKeptFact } from "@/db/queries/tree-rows";
import { createUseKeeper } from "@/db/reviews/reviews";
import { createSeenForgetting } from "./seen-failures";
import { createTaintKeeping } from "./tainted-folders";

/**
 * Deletes everything that belongs to the tree, in the caller's transaction. Returns false, and deletes nothing, while one of
 * its tasks runs.
 */
export type TreeDeletion = (treeId: number, nowMs: number) => boolean;

export function createTreeDeletion(sqlite: Sqlite): TreeDeletion {
  const run = deleteStatements(sqlite);
  const keepRuleUses = createUseKeeper(sqlite);
  const keepTaint = createTaintKeeping(sqlite);
  const forgetLessons = createLessonForgetting(sqlite);
  const forgetSeen = createSeenForgetting(sqlite);
  return (treeId, nowMs) => {
    if (run.runningOfTree.get(treeId)) return false;
    run.dropBlobUses.run({ tree: treeId });
    run.dropProposals.run(treeId);
    keepRuleUses(treeId);
    run.deleteIndex.run(treeId);
    run.scheduleForgets.run(treeId);
    run.emptyA2aMessages.run(treeId);
    run.deleteDeliveries.run({ tree: treeId });
    run.deleteA2aPushes.run(treeId);
    run.deleteA2aTask.run(treeId);
    run.deleteOutsideCalls.run(treeId);
    run.deleteNotKept.run(treeId);
    run.keepSpent.run(treeId);
    keepTaint(treeId, nowMs);
    forgetLessons(treeId, nowMs);
    run.deleteTree.run(treeId);
    forgetSeen(treeId);
    run.dropBlobs.run();
    return true;
  };
}

function deleteStatements(sqlite: Sqlite) {
  return {
    runningOfTree: sqlite.prepare("SELECT 1 FROM tasks WHERE tree_id = ? AND status = 'running'"),
    dropBlobUses: sqlite.prepare(`
      UPDATE blobs SET uses = uses - (SELECT count(*) FROM messages WHERE blob_id = blobs.id AND tree_id = @tree)
        - (SELECT count(*) FROM outputs WHERE blob_id = blobs.id AND tree_id = @tree)
        - (SELECT count(*) FROM attachments WHERE blob_id = blobs.id AND tree_id = @tree)
      WHERE id IN (SELECT blob_id FROM messages WHERE tree_id = @tree AND blob_id IS NOT NULL
        UNION SELECT blob_id FROM outputs WHERE tree_id = @tree
        UNION SELECT blob_id FROM attachments WHERE tree_id = @tree)`),
    // A later review may reuse the key of a deleted one.
    dropProposals: sqlite.prepare(
      "DELETE FROM proposals WHERE review_id IN (SELECT id FROM reviews WHERE tree_id = ?)",
    ),
    deleteIndex: sqlite.prepare("DELETE FROM messages_fts WHERE rowid IN (SELECT id FROM messages WHERE tree_id = ?)"),
    /** So that the times of deleted trees do not stay forever. */
    scheduleForgets: sqlite.prepare(
      "UPDATE schedule_runs SET tree = NULL WHERE tree = (SELECT uid FROM trees WHERE id = ?)",
    ),
    /** The ids of messages stay, so that a repeated one does not begin a tree again. */
    emptyA2aMessages: sqlite.prepare(
      "UPDATE a2a_messages SET body = '' WHERE tree = (SELECT uid FROM trees WHERE id = ?)",
    ),
    /** They hold titles, to agents also the result, and what still waits would link to a page that is gone. */
    deleteDeliveries: sqlite.prepare(`
      DELETE FROM webhook_deliveries WHERE id IN (
        SELECT sent.id FROM webhook_deliveries sent JOIN trees ON trees.id = @tree
        WHERE substr(sent.subject, 1, length(trees.uid) + 6) = 'tree:' || trees.uid || ':'
          OR sent.review IN (SELECT uid FROM reviews WHERE tree_id = @tree)
          OR sent.webhook IN (SELECT 'a2a/' || uid FROM a2a_pushes WHERE tree = trees.uid))`),
    deleteA2aPushes: sqlite.prepare("DELETE FROM a2a_pushes WHERE tree = (SELECT uid FROM trees WHERE id = ?)"),
    deleteA2aTask: sqlite.prepare("DELETE FROM a2a_tasks WHERE tree = (SELECT uid FROM trees WHERE id = ?)"),
    deleteOutsideCalls: sqlite.prepare("DELETE FROM outside_calls WHERE tree = (SELECT uid FROM trees WHERE id = ?)"),
    deleteNotKept: sqlite.prepare(
      `DELETE FROM facts WHERE name = '${notKeptFact("")}' || (SELECT uid FROM trees WHERE id = ?)`,
    ),
    /** What a cycle of an evolution has cost counts in the cap of its day, also without its tree. */
    keepSpent: sqlite.prepare(`
      UPDATE evolution_cycles SET spent_micro_usd = tree.micro_usd
      FROM (SELECT uid, micro_usd FROM trees WHERE id = ?) AS tree WHERE evolution_cycles.tree = tree.uid`),
    deleteTree: sqlite.prepare("DELETE FROM trees WHERE id = ?"),
    dropBlobs: sqlite.prepare("DELETE FROM blobs WHERE uses <= 0"),
  };
}
