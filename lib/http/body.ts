import type { IncomingMessage } from "node:http";

export const MAX_BODY_BYTES = 1_000_000;

export class BodyTooLarge extends Error {}

/** The whole body as text; throws `BodyTooLarge` as soon as it is known to be over the limit, without keeping more. */
export async function readBody(request: IncomingMessage, limitBytes = MAX_BODY_BYTES): Promise<string> {
  if (Number(request.headers["content-length"] ?? 0) > limitBytes) throw new BodyTooLarge();
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > limitBytes) throw new BodyTooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
