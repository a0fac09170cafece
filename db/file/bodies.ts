/** Stores bodies of messages: small bodies in the row, large bodies compressed and only once in `blobs`. */
import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { deflateRaw, inflateRawSync } from "node:zlib";
import type { Entry, TaskEvent } from "@/core/log/entries";
import { EVENT_KIND, encodeEntry, type MessageRow } from "./rows";
import type { Sqlite } from "./sqlite";

export const LARGE_BYTES = 32 * 1024;
const deflate = promisify(deflateRaw);

export interface Blob {
  hash: Buffer;
  sizeBytes: number;
  data: Buffer;
}

export interface EncodedEntry extends MessageRow {
  blob: Blob | null;
}

/** Encodes entries. Compresses before the transaction and off the main thread, so that neither waits for it. */
export async function encodeForStorage(entries: Entry[]): Promise<EncodedEntry[]> {
  const encoded: EncodedEntry[] = [];
  for (const entry of entries) {
    const row = encodeEntry(entry);
    encoded.push(row.body.length <= LARGE_BYTES ? { ...row, blob: null } : { ...row, blob: await blobOf(row.body) });
  }
  return encoded;
}

/** Returns the compressed form of a text or of bytes, which are stored only once for equal ones. */
export async function blobOf(body: string | Uint8Array): Promise<Blob> {
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  const hash = createHash("sha256").update(bytes).digest();
  return { hash, sizeBytes: bytes.length, data: await deflate(bytes) };
}

/** Returns a function that stores a text, or counts another use of it, in the caller's transaction, and returns its id. */
export function createBlobWriter(sqlite: Sqlite): (blob: Blob) => number {
  const keep = sqlite
    .prepare(`
    INSERT INTO blobs (hash, size_bytes, uses, data) VALUES (?, ?, 1, ?)
    ON CONFLICT (hash) DO UPDATE SET uses = uses + 1 RETURNING id`)
    .pluck();
  return ({ hash, sizeBytes, data }) => keep.get(hash, sizeBytes, data) as number;
}

/** Adds the SQL function that `wholeBody` uses. It reads nothing: a query that runs blocks its connection for others. */
export function addWholeBody(sqlite: Sqlite): void {
  sqlite.function("whole", { deterministic: true }, (body, data) =>
    body === null && data !== null ? inflated(data as Buffer) : body,
  );
}

/** Returns "" for damaged bytes, which is no body either: a query over many messages goes on without that one. */
function inflated(data: Buffer): string {
  try {
    return inflateRawSync(data).toString();
  } catch {
    return "";
  }
}

/**
 * Returns the SQL of a message's body, from its row or from its blob. A query that uses `body` alone misses large bodies.
 * `table`: the name that the query gives to the messages, if it has several tables.
 */
export function wholeBody(table?: string): string {
  const of = table === undefined ? "" : `${table}.`;
  return `whole(${of}body, (SELECT data FROM blobs WHERE blobs.id = ${of}blob_id))`;
}

/** Returns the SQL of a field of a message's body, which is NULL where the body is damaged: its task's fold reports that. */
export function fieldOf(name: string, table?: string): string {
  const body = wholeBody(table);
  return `CASE WHEN json_valid(${body}) THEN ${body} ->> '$.${name}' END`;
}

/** Returns the SQL that is true for an event of one of the types. */
export function isEvent(types: readonly TaskEvent["type"][], table?: string): string {
  const of = table === undefined ? "" : `${table}.`;
  const wanted = types.map((type) => `'${type}'`).join(", ");
  return `(${of}kind = ${EVENT_KIND} AND ${fieldOf("type", table)} IN (${wanted}))`;
}

export interface BodyReader {
  /** Returns the body of a message, from the row or from its blob. */
  read(row: { body: string | null; blobId: number | null }): string;
}

export function createBodyReader(sqlite: Sqlite): BodyReader {
  const select = sqlite.prepare("SELECT data FROM blobs WHERE id = ?").pluck();
  return {
    read(row) {
      if (row.body !== null) return row.body;
      const data = select.get(row.blobId) as Buffer | undefined;
      return data ? inflated(data) : "";
    },
  };
}
