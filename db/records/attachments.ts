/** Stores the images and PDF files of calls' responses. They are written with the response and read by their hash. */
import { promisify } from "node:util";
import { inflateRaw } from "node:zlib";
import { type Blob, blobOf, createBlobWriter } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import type { TaskRecord } from "./records";

const inflate = promisify(inflateRaw);

export interface EncodedAttachment {
  turn: number;
  blob: Blob;
}

/** Compresses files before the transaction and off the main thread, so that neither waits for it. */
export async function encodeAttachments(
  attachments: NonNullable<TaskRecord["attachments"]>,
): Promise<EncodedAttachment[]> {
  const encoded: EncodedAttachment[] = [];
  for (const { turn, bytes } of attachments) encoded.push({ turn, blob: await blobOf(bytes) });
  return encoded;
}

export interface Attachments {
  /** Resolves with the bytes of a task's own attachment, or null when it has none of this id (SHA-256, hexadecimal). */
  read(taskUid: string, id: string): Promise<Uint8Array | null>;
}

export function createAttachments(sqlite: Sqlite): Attachments {
  const select = sqlite
    .prepare(`
    SELECT blobs.data FROM blobs JOIN attachments ON attachments.blob_id = blobs.id
      JOIN tasks ON tasks.id = attachments.task_id
    WHERE blobs.hash = ? AND tasks.uid = ? LIMIT 1`)
    .pluck();
  return {
    async read(taskUid, id) {
      const data = select.get(Buffer.from(id, "hex"), taskUid) as Buffer | undefined;
      return data ? inflate(data) : null;
    },
  };
}

export function createAttachmentWriter(sqlite: Sqlite) {
  const insert = sqlite.prepare("INSERT INTO attachments (tree_id, task_id, turn, blob_id) VALUES (?, ?, ?, ?)");
  const keepBlob = createBlobWriter(sqlite);
  return {
    insert(task: { id: number; treeId: number }, { turn, blob }: EncodedAttachment): void {
      insert.run(task.treeId, task.id, turn, keepBlob(blob));
    },
  };
}
