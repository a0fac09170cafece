import type { LogFacts } from "@/core/shapes/log";
import type { Message, Page } from "@/core/shapes/shapes";
import { createBodyReader, fieldOf, isEvent } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import { KINDS } from "@/db/file/rows";
import { messageShape, type StoredMessage } from "./shapes";

export interface MessageQueries {
  list(
    scope: { treeId: string } | { taskId: string },
    options: { after?: string; before?: string; limit: number; latest?: boolean },
  ): Page<Message>;
  /** Returns null when there is no such message. */
  get(seq: number): Message | null;
  lastSeq(): number;
  factsOf(taskUid: string): LogFacts;
}

type Row = StoredMessage & { body: string | null; blobId: number | null };

export function createMessageQueries(sqlite: Sqlite): MessageQueries {
  const bodies = createBodyReader(sqlite);
  const columns = `
    SELECT message.id, tree.uid AS treeUid, task.uid AS taskUid, message.turn, message.kind, message.tool,
      message.call_id AS callId, message.body, message.blob_id AS blobId, message.created_at_ms AS createdAtMs
    FROM messages message JOIN tasks task ON task.id = message.task_id JOIN trees tree ON tree.id = message.tree_id`;
  const scopes = {
    tree: "message.tree_id = (SELECT id FROM trees WHERE uid = ?)",
    task: "message.task_id = (SELECT id FROM tasks WHERE uid = ?)",
  };
  const prepare = (scope: string) => ({
    forward: sqlite.prepare(`${columns} WHERE ${scope} AND message.id > ? ORDER BY message.id LIMIT ?`),
    backward: sqlite.prepare(`${columns} WHERE ${scope} AND message.id < ? ORDER BY message.id DESC LIMIT ?`),
  });
  const statements = { tree: prepare(scopes.tree), task: prepare(scopes.task) };
  const byId = sqlite.prepare(`${columns} WHERE message.id = ?`);
  const last = sqlite.prepare("SELECT coalesce(max(id), 0) FROM messages").pluck();

  const counted = sqlite
    .prepare("SELECT count(*) FROM messages WHERE task_id = (SELECT id FROM tasks WHERE uid = ?)")
    .pluck();
  const response = `kind = ${KINDS.indexOf("tool_response")}`;
  const firstError = sqlite
    .prepare(`
    SELECT id FROM messages WHERE task_id = (SELECT id FROM tasks WHERE uid = ?)
      AND ((${response} AND ${fieldOf("isError")} = 1) OR ${isEvent(["model_failed", "sent_back"])}
        OR (${isEvent(["ended"])} AND ${fieldOf("status")} = 'failed'))
    ORDER BY id LIMIT 1`)
    .pluck();

  const shape = (row: Row, whole = false) => messageShape(row, bodies.read(row), whole);

  return {
    list(scope, { after, before, limit, latest }) {
      const [uid, statement] = "treeId" in scope ? [scope.treeId, statements.tree] : [scope.taskId, statements.task];
      if (latest || before !== undefined) {
        const rows = statement.backward.all(uid, seqOf(before, Number.MAX_SAFE_INTEGER), limit) as Row[];
        return { items: rows.reverse().map((row) => shape(row)), next: null };
      }
      const rows = statement.forward.all(uid, seqOf(after, 0), limit + 1) as Row[];
      const items = rows.slice(0, limit).map((row) => shape(row));
      return { items, next: rows.length > limit ? String(items.at(-1)?.seq) : null };
    },
    get(seq) {
      const row = byId.get(seq) as Row | undefined;
      return row ? shape(row, true) : null;
    },
    lastSeq: () => last.get() as number,
    factsOf: (taskUid) => ({
      messages: counted.get(taskUid) as number,
      first_error: (firstError.get(taskUid) as number | undefined) ?? null,
    }),
  };
}

function seqOf(cursor: string | undefined, fallback: number): number {
  const seq = Number(cursor ?? Number.NaN);
  return Number.isSafeInteger(seq) ? seq : fallback;
}
