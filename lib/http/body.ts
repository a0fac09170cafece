import type { IncomingMessage } from "node:http";

export const MAX_BODY_BYTES = 1_000_000;
/** A sender sees the refusal only if it can continue sending for a while; above this size the connection is cut. */
const MOST_DISCARDED_BYTES = 200_000_000;

export class BodyTooLarge extends Error {}

/**
 * Returns the whole body as text; rejects with `BodyTooLarge` as soon as it exceeds the limit, and keeps no more of it.
 */
export function readBody(request: IncomingMessage, limitBytes = MAX_BODY_BYTES): Promise<string> {
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
    request.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
    request.on("error", reject);
    request.on("close", () => reject(new Error("The request ended before its body was complete.")));
    if (Number(request.headers["content-length"] ?? 0) > limitBytes) reject(new BodyTooLarge());
  });
}
