/** Deletes a tree's evidence for and against lessons when the tree is deleted. */
import type { Sqlite } from "@/db/file/client";
import { createLessonKeeper } from "./keep";

/** Makers whose lessons have trees as sources; a lesson that a person wrote or imported has none. */
const FROM_TREES = "('host', 'agent', 'session')";

/**
 * Returns a function for the transaction that deletes a tree. Outcomes that were counted in the tree no longer count. A
 * lesson has no evidence left if the tree was its last source and it helped nowhere else: it becomes a candidate again.
 */
export function createLessonForgetting(sqlite: Sqlite): (treeId: number, nowMs: number) => void {
  const keeper = createLessonKeeper(sqlite);
  const uidOf = sqlite.prepare("SELECT uid FROM trees WHERE id = ?").pluck();
  const used = sqlite.prepare("SELECT lesson_id FROM lesson_uses WHERE tree = ?").pluck();
  const made = sqlite.prepare("SELECT lesson_id FROM lesson_sources WHERE tree = ?").pluck();
  const dropUses = sqlite.prepare("DELETE FROM lesson_uses WHERE tree = ?");
  const dropSources = sqlite.prepare("DELETE FROM lesson_sources WHERE tree = ?");
  const dropGoal = sqlite.prepare("DELETE FROM goal_outcomes WHERE tree = ?");
  const bare = sqlite.prepare(`
    UPDATE lessons SET status = 'candidate', reason = 'evidence_deleted', changed_at_ms = @nowMs
    WHERE id = @id AND status = 'live' AND helped = 0 AND is_approved = 0 AND maker IN ${FROM_TREES}
      AND NOT EXISTS (SELECT 1 FROM lesson_sources WHERE lesson_id = @id)`);
  return (treeId, nowMs) => {
    const uid = uidOf.get(treeId) as string | undefined;
    if (uid === undefined) return;
    const sources = made.all(uid) as number[];
    const touched = new Set([...(used.all(uid) as number[]), ...sources]);
    dropGoal.run(uid);
    if (touched.size === 0) return;
    dropUses.run(uid);
    dropSources.run(uid);
    keeper.recount([...touched], nowMs);
    for (const id of sources) {
      if (bare.run({ id, nowMs }).changes === 0) continue;
      keeper.write({ lessonId: id, by: null, action: "evidence_deleted", detail: { tree: uid }, atMs: nowMs });
    }
  };
}
