/** Appends messages to logs, inside the transaction of whoever calls: the one place that knows the columns of a message. */
import { type Blob, createBlobWriter } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import type { MessageRow } from "@/db/file/rows";

export interface MessageWriter {
  /** The sequence number of the message. A row with a blob keeps its body there, stored once whoever else has the same. */
  insert(task: { id: number; treeId: number }, row: MessageRow & { blob?: Blob | null }, nowMs: number): number;
}

export function createMessageWriter(sqlite: Sqlite): MessageWriter {
  const insertMessage = sqlite.prepare(`
    INSERT INTO messages (tree_id, task_id, turn, kind, tool, call_id, body, blob_id, created_at_ms)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const keepBlob = createBlobWriter(sqlite);

  return {
    insert(task, { turn, kind, tool, callId, body, blob }, nowMs) {
      const blobId = blob ? keepBlob(blob) : null;
      const inRow = blob ? null : body;
      const info = insertMessage.run(task.treeId, task.id, turn, kind, tool, callId, inRow, blobId, nowMs);
      return Number(info.lastInsertRowid);
    },
  };
}
