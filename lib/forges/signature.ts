/** Whether a delivery of a forge's webhook was signed with the secret of its project. */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** GitHub signs the body with HMAC-SHA256. */
export function isSigned(headers: IncomingHttpHeaders, body: string, secret: string): boolean {
  const signature = createHmac("sha256", secret).update(body).digest("hex");
  return isSame(headers["x-hub-signature-256"], `sha256=${signature}`);
}

/** Takes as long for every text of any length. */
function isSame(given: string | string[] | undefined, right: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return typeof given === "string" && timingSafeEqual(digest(given), digest(right));
}
