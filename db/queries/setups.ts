/** Reads with what configuration the tasks of a tree started. */
import type { Setup } from "@/core/log/entries";
import { createBodyReader } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import { decodeEntry, KINDS, type MessageRow } from "@/db/file/rows";

export interface StartSetup {
  /** With what the task began here: in a fork, with what the person changed. */
  setup: Setup;
  /** With what the task's turns before the fork had begun, if the fork changed it; else null. */
  before: Setup | null;
}

export interface SetupQueries {
  /** Returns the configuration of the tree's root, of each agent's first task and of its last one, the root first. */
  ofTree(treeUid: string): StartSetup[];
  /** Returns whether the tree works in a folder that a person named. */
  isInPlace(treeUid: string): boolean;
}

type Row = Omit<MessageRow, "body"> & {
  id: number;
  body: string | null;
  blobId: number | null;
  taskId: number;
  isForked: number;
};

export function createSetupQueries(sqlite: Sqlite): SetupQueries {
  const bodies = createBodyReader(sqlite);
  // Two tasks of each agent are enough to see that its version changed while the tree ran.
  const first = sqlite.prepare(`
    WITH of_tree AS (SELECT task.id, task.agent FROM tasks task JOIN trees tree ON tree.id = task.tree_id WHERE tree.uid = ?),
      picked AS (SELECT min(id) AS id FROM of_tree GROUP BY agent UNION SELECT max(id) FROM of_tree GROUP BY agent)
    SELECT message.id, turn, kind, tool, call_id AS callId, body, blob_id AS blobId, task_id AS taskId,
      message.origin_seq IS NOT NULL AS isForked
    FROM picked JOIN messages message ON message.id = (
      SELECT min(id) FROM messages WHERE task_id = picked.id AND kind = ${KINDS.indexOf("system")})
    ORDER BY picked.id`);
  // A fork writes the change right after what it copied.
  const changed = sqlite.prepare(`
    SELECT id, turn, kind, tool, call_id AS callId, body, blob_id AS blobId FROM messages
    WHERE task_id = ? AND origin_seq IS NULL AND id > ? ORDER BY id LIMIT 1`);
  const changeIn = (row: Row): Partial<Setup> | null => {
    const found = row.isForked === 1 ? (changed.get(row.taskId, row.id) as Row | undefined) : undefined;
    const entry = found && decodeEntry({ ...found, body: bodies.read(found) });
    return entry?.kind === "event" && entry.content.type === "changed" ? entry.content.setup : null;
  };
  const place = sqlite.prepare("SELECT in_place FROM trees WHERE uid = ?").pluck();
  return {
    ofTree: (treeUid) =>
      (first.all(treeUid) as Row[]).flatMap((row) => {
        const entry = decodeEntry({ ...row, body: bodies.read(row) });
        if (entry.kind !== "system") return [];
        const change = changeIn(row);
        return [
          change
            ? { setup: { ...entry.content, ...change }, before: entry.content }
            : { setup: entry.content, before: null },
        ];
      }),
    isInPlace: (treeUid) => place.get(treeUid) === 1,
  };
}
