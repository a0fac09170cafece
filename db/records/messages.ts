/** Appends messages to logs, inside the caller's transaction. Only this file inserts messages. */
import { type Blob, createBlobWriter } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import type { MessageRow } from "@/db/file/rows";

export interface MessageWriter {
  /** Inserts a message and returns its sequence number. A large body goes into a blob, stored once for equal bodies. */
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
