/** Reads the log of a task. */
import { BrokenLogError } from "@/core/log/broken-log";
import type { Entry } from "@/core/log/entries";
import type { BodyReader } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import { decodeEntry, type MessageRow } from "@/db/file/rows";

export interface EntryReader {
  /** Returns the entries of a task. Throws a `BrokenLogError` when their number is not `length` or one is damaged. */
  entries(taskId: number, length: number): Entry[];
  /** Returns how many entries the task's log has. */
  lengthOf(taskId: number): number;
}

export function createEntryReader(sqlite: Sqlite, bodies: BodyReader): EntryReader {
  const ofTask = sqlite.prepare(
    "SELECT turn, kind, tool, call_id AS callId, body, blob_id AS blobId FROM messages WHERE task_id = ? ORDER BY id",
  );
  const length = sqlite.prepare("SELECT length FROM tasks WHERE id = ?").pluck();
  return {
    entries(taskId, expected) {
      const rows = ofTask.all(taskId) as (MessageRow & { body: string | null; blobId: number | null })[];
      if (rows.length !== expected) {
        throw new BrokenLogError(`The log should have ${expected} messages but has ${rows.length}.`);
      }
      return rows.map((row) => decodeEntry({ ...row, body: bodies.read(row) }));
    },
    lengthOf: (taskId) => length.get(taskId) as number,
  };
}
