/** How the deliveries of forges' webhooks are signed with the secret of their project. */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** Returns the HMAC-SHA256 of a body in hexadecimal digits. */
export function hmacOf(body: string, secret: string): string {
  return createHmac("sha256", secret).update(body).digest("hex");
}

/** Whether a header is this text. Takes as long for every text of any length. */
export function isSame(given: string | string[] | undefined, right: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return typeof given === "string" && timingSafeEqual(digest(given), digest(right));
}
