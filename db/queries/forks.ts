/** Reads which trees were forked from a tree, and where. */
import type { Sqlite } from "@/db/file/client";
import { cursorValues, type Keyed, pageOf } from "./keyed-pages";

export interface ForkRow extends Keyed {
  uid: string;
  from: string;
  seq: number;
  taskUid: string | null;
  createdBy: string;
}

export interface ForkQueries {
  /** Returns the forks of a tree, and after them, for a fork, the other forks of its origin; each newest first. */
  familyOf(treeUid: string, page: { after?: string; limit: number }): { rows: ForkRow[]; next: string | null };
}

export function createForkQueries(sqlite: Sqlite): ForkQueries {
  const select = sqlite.prepare(`
    SELECT fork.id, fork.forked_from <> @uid AS value, fork.uid, fork.forked_from AS "from", fork.fork_seq AS seq, task.uid AS taskUid, fork.created_by AS createdBy
    FROM trees fork LEFT JOIN trees source ON source.uid = fork.forked_from
      LEFT JOIN messages message ON message.id =
        coalesce((SELECT min(id) FROM messages WHERE tree_id = source.id AND id > fork.fork_seq), fork.fork_seq)
      LEFT JOIN tasks task ON task.id = message.task_id
    WHERE fork.forked_from IN (@uid, (SELECT forked_from FROM trees WHERE uid = @uid)) AND fork.uid <> @uid
      AND (@after IS NULL OR (fork.forked_from <> @uid, -fork.id) > (@value, -@id))
    ORDER BY value, fork.id DESC LIMIT @limit`);
  return {
    familyOf: (uid, { after, limit }) => {
      const page = { after: after ?? null, ...cursorValues(after), limit: limit + 1 };
      return pageOf(select.all({ uid, ...page }) as ForkRow[], limit);
    },
  };
}
