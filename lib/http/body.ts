import type { IncomingMessage } from "node:http";

export const MAX_BODY_BYTES = 1_000_000;
/** A sender sees the refusal only if it can continue sending for a while; above this size the connection is cut. */
const MOST_DISCARDED_BYTES = 200_000_000;

export class BodyTooLarge extends Error {}
export class BodyNotUtf8 extends Error {}

/**
 * Returns the whole body as text; rejects with `BodyTooLarge` as soon as it exceeds the limit, and keeps no more of it.
 * Rejects with `BodyNotUtf8` when it is another encoding's.
 */
export function readBody(request: IncomingMessage, limitBytes = MAX_BODY_BYTES): Promise<string> {
  return readBytes(request, limitBytes).then(textOf);
}

/** Bytes that are no UTF-8 would otherwise become other characters without a word. A signature covers the BOM, too. */
function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new BodyNotUtf8();
  }
}

function readBytes(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let sizeBytes = 0;
    request.on("data", (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes <= limitBytes) chunks.push(chunk);
      else chunks = [];
      if (sizeBytes > limitBytes) reject(new BodyTooLarge());
      if (sizeBytes > MOST_DISCARDED_BYTES) request.destroy();
    });
    request.on("end", () => resolve(Buffer.concat(chunks)));
    request.on("error", reject);
    request.on("close", () => reject(new Error("The request ended before its body was complete.")));
    if (Number(request.headers["content-length"] ?? 0) > limitBytes) reject(new BodyTooLarge());
  });
}
