/** Comments on review items. They are rows of the audit log, so that nobody can change them unnoticed after a decision. */
import type { ReviewComment } from "@/core/shapes/review";
import { COMMENT_ACTION, createAuditWriter } from "@/db/audit/audit";
import type { Sqlite } from "@/db/file/client";
import { iso } from "@/db/file/iso";
import type { Writes } from "@/db/file/writes";

/** The audit cuts longer texts. */
export const MOST_COMMENT_CHARACTERS = 1_900;

const ACTIONS: Record<ReviewComment["kind"], string> = { comment: COMMENT_ACTION, question: "review_question" };

export interface Comments {
  add(reviewUid: string, kind: ReviewComment["kind"], text: string, by: string): Promise<void>;
  /** Oldest first. */
  of(reviewUid: string): ReviewComment[];
}

export function createComments(sqlite: Sqlite, log: Writes): Comments {
  const writer = createAuditWriter(sqlite);
  const place = sqlite.prepare(`
    SELECT tree.id, tree.uid, task.uid AS taskUid FROM reviews review
    JOIN trees tree ON tree.id = review.tree_id JOIN tasks task ON task.id = review.task_id WHERE review.uid = ?`);
  // Uses the index of trees, because a tree has few rows and the audit has many.
  const select = sqlite.prepare(`
    SELECT action, actor, at_ms AS atMs, detail FROM audit
    WHERE tree = (SELECT tree.uid FROM reviews JOIN trees tree ON tree.id = reviews.tree_id WHERE reviews.uid = @review)
      AND subject = @review AND action IN ('${ACTIONS.comment}', '${ACTIONS.question}') ORDER BY id`);

  return {
    add: (reviewUid, kind, text, by) =>
      log.write(({ nowMs, touch }) => {
        const { id, uid, taskUid } = place.get(reviewUid) as { id: number; uid: string; taskUid: string };
        const row = { actor: by, action: ACTIONS[kind], subject: reviewUid, tree: uid, detail: text };
        writer.insert(row, nowMs);
        touch({ id, uid }, taskUid);
      }),
    of: (reviewUid) =>
      (select.all({ review: reviewUid }) as { action: string; actor: string; atMs: number; detail: string }[]).map(
        ({ action, actor, atMs, detail }) => ({
          kind: action === ACTIONS.question ? "question" : "comment",
          by: actor,
          at: iso(atMs),
          text: detail,
        }),
      ),
  };
}
