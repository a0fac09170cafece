/** Stores the whole outputs of calls whose responses show only a part. They are written with the response and read in pages. */
import { promisify } from "node:util";
import { inflateRaw } from "node:zlib";
import { safeCallId } from "@/core/ids";
import { type Blob, blobOf, createBlobWriter, createBodyReader } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import { KINDS } from "@/db/file/rows";
import type { TaskRecord } from "./records";

const inflate = promisify(inflateRaw);

export interface EncodedOutput {
  callId: string;
  turn: number;
  chars: number;
  blob: Blob;
}

/** Compresses outputs before the transaction and off the main thread, so that neither waits for it. */
export async function encodeOutputs(outputs: NonNullable<TaskRecord["outputs"]>): Promise<EncodedOutput[]> {
  const encoded: EncodedOutput[] = [];
  for (const { callId, turn, text } of outputs) {
    encoded.push({ callId, turn, chars: text.length, blob: await blobOf(text) });
  }
  return encoded;
}

export interface Outputs {
  /**
   * Resolves with characters `from` to `from + most` of the output of a task's own call, or null when there is no such
   * call. Without `turn` it reads the latest call with this id, because a provider may reuse ids. An agent may name a call
   * by the id that its model sees, `safeCallId`.
   */
  read(
    taskUid: string,
    callId: string,
    from: number,
    most: number,
    turn?: number,
  ): Promise<{ text: string; chars: number } | null>;
}

export function createOutputs(sqlite: Sqlite): Outputs {
  const select = sqlite.prepare(`
    SELECT blobs.data, outputs.chars FROM outputs JOIN tasks ON tasks.id = outputs.task_id JOIN blobs ON blobs.id = blob_id
    WHERE tasks.uid = @task AND call_id = @call AND outputs.turn = coalesce(@turn, outputs.turn)
    ORDER BY outputs.turn DESC LIMIT 1`);
  const bodies = createBodyReader(sqlite);
  const selectResponse = sqlite.prepare(`
    SELECT body, blob_id AS blobId FROM messages
    WHERE task_id = (SELECT id FROM tasks WHERE uid = @task) AND call_id = @call AND kind = ${KINDS.indexOf("tool_response")}
      AND turn = coalesce(@turn, turn)
    ORDER BY id DESC LIMIT 1`);

  const selectIds = sqlite
    .prepare(`
    SELECT call_id FROM messages
    WHERE task_id = (SELECT id FROM tasks WHERE uid = ?) AND kind = ${KINDS.indexOf("tool_response")} ORDER BY id DESC`)
    .pluck();

  async function readWhole(task: string, call: string, turn: number | undefined) {
    const row = select.get({ task, call, turn: turn ?? null }) as { data: Buffer; chars: number } | undefined;
    const text = row ? (await inflate(row.data)).toString() : inLog(task, call, turn);
    return text === null ? null : { text, chars: row?.chars ?? text.length };
  }

  /** Returns the response from the log, which is whole even when the conversation was shortened. */
  function inLog(task: string, call: string, turn: number | undefined): string | null {
    const row = selectResponse.get({ task, call, turn: turn ?? null }) as
      | { body: string | null; blobId: number | null }
      | undefined;
    if (!row) return null;
    const { text } = JSON.parse(bodies.read(row)) as { text?: unknown };
    return typeof text === "string" ? text : null;
  }

  return {
    async read(taskUid, callId, from, most, turn) {
      let whole = await readWhole(taskUid, callId, turn);
      if (!whole) {
        const own = (selectIds.all(taskUid) as string[]).find((id) => safeCallId(id) === callId);
        whole = own === undefined ? null : await readWhole(taskUid, own, turn);
      }
      return whole && { text: whole.text.slice(from, from + most), chars: whole.chars };
    },
  };
}

export function createOutputWriter(sqlite: Sqlite) {
  const insert = sqlite.prepare(`
    INSERT INTO outputs (tree_id, task_id, call_id, turn, chars, blob_id) VALUES (?, ?, ?, ?, ?, ?)`);
  const keepBlob = createBlobWriter(sqlite);
  return {
    insert(task: { id: number; treeId: number }, { callId, turn, chars, blob }: EncodedOutput): void {
      const blobId = keepBlob(blob);
      insert.run(task.treeId, task.id, callId, turn, chars, blobId);
    },
  };
}
