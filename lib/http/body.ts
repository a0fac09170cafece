import type { IncomingMessage } from "node:http";

export const MAX_BODY_BYTES = 1_000_000;
/** A sender hears that it was too much only when it may send on for a while; beyond this the connection is cut. */
const MOST_DISCARDED_BYTES = 200_000_000;

export class BodyTooLarge extends Error {}

/** The whole body as text; rejects with `BodyTooLarge` as soon as it is known to be over the limit, and keeps no more of it. */
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
    request.on("close", () => reject(new Error("The request ended before its body.")));
    if (Number(request.headers["content-length"] ?? 0) > limitBytes) reject(new BodyTooLarge());
  });
}
