/** How GitLab signs the deliveries of its webhooks. */
import { createHmac, randomBytes } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { isSame } from "./signature";

/** What GitLab's signing tokens begin with; the rest is a key in base64. */
const SIGNING = "whsec_";
const KEY_BYTES = 32;

/** Makes a secret that GitLab takes as its signing token, and as its secret token too. */
export function newSigningToken(): string {
  return SIGNING + randomBytes(KEY_BYTES).toString("base64");
}

/**
 * GitLab sends the secret token itself. Since 19.0 it also signs deliveries with a signing token, as
 * standardwebhooks.com says: `v1,` and the HMAC-SHA256 of id, time and body. How old a delivery is does not count: it
 * only says that something has changed.
 */
export function isSignedByGitlab(headers: IncomingHttpHeaders, body: string, secret: string): boolean {
  if (isSame(headers["x-gitlab-token"], secret)) return true;
  const { "webhook-id": id, "webhook-timestamp": time, "webhook-signature": signatures } = headers;
  if (!secret.startsWith(SIGNING) || typeof signatures !== "string") return false;
  const key = Buffer.from(secret.slice(SIGNING.length), "base64");
  const right = `v1,${createHmac("sha256", key).update(`${id}.${time}.${body}`).digest("base64")}`;
  return signatures.split(" ").some((signature) => isSame(signature, right));
}
