/** A bucket that speaks the S3 protocol: what is in it, and files in and out, in parts of a size that memory can hold. */
import type { BucketSettings } from "@/lib/env/backups";
import { BucketError } from "./faults";
import { type BucketAnswer, send, within, xmlOf } from "./requests";

/** The least that Amazon takes is 5 MiB; a part is sent again as a whole when its connection breaks. */
const PART_BYTES = 8 * 1024 * 1024;
/** Amazon takes 10,000. */
const MOST_PARTS = 9_000;
const REQUEST_MS = 300_000;
const TRIES = 3;
const PAUSE_MS = 500;
const MOST_LISTED = 10_000;
/** A page holds up to 1,000 names. */
const MOST_PAGES = 20;

interface BucketObject {
  name: string;
  sizeBytes: number;
  writtenAtMs: number;
}

interface Upload {
  name: string;
  sizeBytes: number;
  pieces: AsyncIterable<Uint8Array>;
  /** Called with the id of an upload in parts before its first part, so that it can be ended after a kill. */
  begun(uploadId: string): Promise<void>;
}

export interface Bucket {
  /** Resolves with the objects in the folder and none in folders below it, newest first. Rejects with a BucketError, as all of these do. */
  list(): Promise<BucketObject[]>;
  /** Puts an object there; it is listed only when it is whole. */
  upload(upload: Upload): Promise<void>;
  /** Ends an upload in parts that a process left. Resolves also when the storage has it no more. */
  endUpload(name: string, uploadId: string): Promise<void>;
  /** Returns the bytes of an object, read part by part while they are taken. */
  download(name: string): AsyncIterable<Uint8Array>;
  remove(name: string): Promise<void>;
}

interface BucketOptions {
  /** Shorter limits, for tests. */
  requestMs?: number;
  pauseMs?: number;
  now?: () => number;
}

interface BucketContext {
  settings: BucketSettings;
  requestMs: number;
  pauseMs: number;
  now: () => number;
}

/** Opens a bucket; no request is sent before the first call. */
export function openBucket(settings: BucketSettings, options: BucketOptions = {}): Bucket {
  const { prefix } = settings;
  const { requestMs = REQUEST_MS, pauseMs = PAUSE_MS, now = Date.now } = options;
  const bucket: BucketContext = { settings, requestMs, pauseMs, now };
  return {
    list: () => list(bucket),
    upload: (given) => upload(bucket, given),
    endUpload: (name, uploadId) => endUpload(bucket, name, uploadId),
    download: (name) => download(bucket, name),
    remove: (name) => ask(bucket, { method: "DELETE", key: prefix + name }).then(() => undefined),
  };
}

async function list(bucket: BucketContext): Promise<BucketObject[]> {
  const { prefix } = bucket.settings;
  const found: BucketObject[] = [];
  let token: string | null = null;
  let pages = 0;
  do {
    pages += 1;
    const query: Record<string, string> = {
      "list-type": "2",
      prefix,
      delimiter: "/",
      ...(token !== null && { "continuation-token": token }),
    };
    const { bytes } = await ask(bucket, { method: "GET", query });
    const result = xmlOf(bytes).ListBucketResult;
    found.push(...objectsIn(within(result, "Contents"), prefix));
    const next = within(result, "NextContinuationToken");
    token = typeof next === "string" && within(result, "IsTruncated") === "true" ? next : null;
  } while (token !== null && found.length < MOST_LISTED && pages < MOST_PAGES);
  return found.sort((a, b) => b.writtenAtMs - a.writtenAtMs || (a.name < b.name ? 1 : -1));
}

function objectsIn(contents: unknown, prefix: string): BucketObject[] {
  if (!Array.isArray(contents)) return [];
  const objects = contents.map((object) => ({
    name: String(within(object, "Key")).slice(prefix.length),
    sizeBytes: Number(within(object, "Size")),
    writtenAtMs: Date.parse(String(within(object, "LastModified"))),
  }));
  // Not every storage knows the delimiter; folders below may be another installation's.
  return objects.filter(({ name }) => !name.includes("/"));
}

async function upload(bucket: BucketContext, { name, sizeBytes, pieces, begun }: Upload): Promise<void> {
  const key = bucket.settings.prefix + name;
  const partBytes = Math.max(PART_BYTES, Math.ceil(sizeBytes / MOST_PARTS));
  const parts = partsOf(pieces, partBytes);
  if (sizeBytes > partBytes) await uploadInParts(bucket, name, parts, begun);
  else for await (const whole of parts) await ask(bucket, { method: "PUT", key, body: whole });
  const stored = await sizeOf(bucket, key);
  if (stored === sizeBytes) return;
  const { host } = new URL(bucket.settings.url);
  throw new BucketError(
    `${host} keeps ${stored} bytes of the backup ${name} instead of ${sizeBytes}: check the bucket.`,
  );
}

async function uploadInParts(
  bucket: BucketContext,
  name: string,
  parts: AsyncIterable<Uint8Array>,
  begun: Upload["begun"],
): Promise<void> {
  const key = bucket.settings.prefix + name;
  const { bytes } = await ask(bucket, { method: "POST", key, query: { uploads: "" } });
  const uploadId = String(within(xmlOf(bytes).InitiateMultipartUploadResult, "UploadId"));
  try {
    await begun(uploadId);
    const tags: string[] = [];
    for await (const body of parts) {
      const query = { partNumber: String(tags.length + 1), uploadId };
      const { headers } = await ask(bucket, { method: "PUT", key, query, body });
      tags.push(headers.get("etag") ?? "");
    }
    const list = tags.map((tag, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${tag}</ETag></Part>`).join("");
    const body = `<CompleteMultipartUpload>${list}</CompleteMultipartUpload>`;
    const headers = { "content-type": "application/xml" };
    await ask(bucket, { method: "POST", key, query: { uploadId }, headers, body }).catch((error) => {
      // Its first answer may have been lost, and the second says that the upload is over: the size of the object decides.
      if (!isGone(error)) throw error;
    });
  } catch (error) {
    // The first error is the one to tell.
    await endUpload(bucket, name, uploadId).catch(() => {});
    throw error;
  }
}

async function endUpload(bucket: BucketContext, name: string, uploadId: string): Promise<void> {
  await ask(bucket, { method: "DELETE", key: bucket.settings.prefix + name, query: { uploadId } }).catch((error) => {
    if (!isGone(error)) throw error;
  });
}

/** Whether the storage has the upload no more. */
function isGone(error: unknown): boolean {
  return error instanceof BucketError && ["NoSuchUpload", "NoSuchKey"].includes(error.code ?? "");
}

async function sizeOf(bucket: BucketContext, key: string): Promise<number> {
  const { headers } = await ask(bucket, { method: "HEAD", key });
  return Number(headers.get("content-length"));
}

async function* download(bucket: BucketContext, name: string): AsyncGenerator<Uint8Array> {
  const key = bucket.settings.prefix + name;
  const sizeBytes = await sizeOf(bucket, key);
  for (let at = 0; at < sizeBytes; at += PART_BYTES) {
    const end = Math.min(at + PART_BYTES, sizeBytes);
    const { bytes } = await ask(bucket, { method: "GET", key, headers: { range: `bytes=${at}-${end - 1}` } });
    yield bytes;
  }
}

/** Joins pieces into parts of exactly this size; the last one may be smaller. */
async function* partsOf(pieces: AsyncIterable<Uint8Array>, partBytes: number): AsyncGenerator<Buffer> {
  let part = Buffer.allocUnsafe(partBytes);
  let used = 0;
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      const taken = Math.min(partBytes - used, piece.length - at);
      part.set(piece.subarray(at, at + taken), used);
      used += taken;
      at += taken;
      if (used < partBytes) continue;
      yield part;
      part = Buffer.allocUnsafe(partBytes);
      used = 0;
    }
  }
  if (used > 0) yield part.subarray(0, used);
}

/** Sends a request, again after a passing fault. Rejects with a BucketError. */
async function ask(bucket: BucketContext, request: Parameters<typeof send>[1]): Promise<BucketAnswer> {
  for (let tried = 1; ; tried++) {
    try {
      return await send(bucket.settings, request, { atMs: bucket.now(), timeoutMs: bucket.requestMs });
    } catch (error) {
      if (!(error instanceof BucketError && error.isPassing) || tried === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, bucket.pauseMs * 4 ** (tried - 1)));
    }
  }
}
