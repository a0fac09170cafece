/** Reads which trees were forked from a tree, and where. */
import type { Sqlite } from "@/db/file/client";

interface ForkRow {
  uid: string;
  from: string;
  seq: number;
  taskUid: string | null;
  createdBy: string;
}

export interface ForkQueries {
  /** Returns the forks of a tree, newest first. For a fork it also returns the other forks of its origin. */
  familyOf(treeUid: string, limit: number): ForkRow[];
}

export function createForkQueries(sqlite: Sqlite): ForkQueries {
  const select = sqlite.prepare(`
    SELECT fork.uid, fork.forked_from AS "from", fork.fork_seq AS seq, task.uid AS taskUid, fork.created_by AS createdBy
    FROM trees fork LEFT JOIN trees source ON source.uid = fork.forked_from
      LEFT JOIN messages message ON message.id =
        coalesce((SELECT min(id) FROM messages WHERE tree_id = source.id AND id > fork.fork_seq), fork.fork_seq)
      LEFT JOIN tasks task ON task.id = message.task_id
    WHERE fork.forked_from IN (@uid, (SELECT forked_from FROM trees WHERE uid = @uid)) AND fork.uid <> @uid
    ORDER BY fork.id DESC LIMIT @limit`);
  return { familyOf: (uid, limit) => select.all({ uid, limit }) as ForkRow[] };
}
