/** Signs webhook messages as the Standard Webhooks specification says, so that receivers can use its libraries. */
import { createHmac, randomBytes } from "node:crypto";

const PREFIX = "whsec_";

/** Returns a new secret. */
export function newWebhookSecret(): string {
  return `${PREFIX}${randomBytes(32).toString("base64")}`;
}

/** Returns the headers that identify and sign a message. The receiver recognises a repeated message by its id. */
export function signedHeaders(secret: string, id: string, body: string, nowMs: number): Record<string, string> {
  const timestamp = Math.floor(nowMs / 1_000);
  const key = secret.startsWith(PREFIX) ? Buffer.from(secret.slice(PREFIX.length), "base64") : Buffer.from(secret);
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": String(timestamp), "webhook-signature": `v1,${signature}` };
}
