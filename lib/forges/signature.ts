/** Whether a delivery of a forge's webhook was signed with the secret of its project. */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { ForgeKind } from "@/core/shapes/forges";

/** GitHub and Gitea sign the body with HMAC-SHA256; GitLab sends the secret itself. */
export function isSigned(kind: ForgeKind, headers: IncomingHttpHeaders, body: string, secret: string): boolean {
  if (kind === "gitlab") return isSame(headers["x-gitlab-token"], secret);
  const signature = createHmac("sha256", secret).update(body).digest("hex");
  if (kind === "gitea") return isSame(headers["x-gitea-signature"], signature);
  return isSame(headers["x-hub-signature-256"], `sha256=${signature}`);
}

/** Takes as long for every text of any length. */
function isSame(given: string | string[] | undefined, right: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return typeof given === "string" && timingSafeEqual(digest(given), digest(right));
}
