/** Ends running answers to a person or program that loses access. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Actor } from "@/core/rules/roles";
import type { Auth } from "@/lib/auth/auth";

/** Polls for access that another process ended. This process learns of its own changes immediately. */
const ACCESS_CHECK_MS = 2_000;
/** For a stream that ends by itself with a last message, and for the answer to people who remove themselves. */
const GRACE_MS = 1_000;

/** Cuts an answer that still runs when its reader has lost access or has another role: a download, a stream, a long call. */
export function endWithAccess(auth: Auth, actor: Actor, request: IncomingMessage, response: ServerResponse): void {
  let cutting: NodeJS.Timeout | null = null;
  const check = async () => {
    if (cutting !== null || (await auth.isStill(actor, request).catch(() => false))) return;
    cutting ??= setTimeout(() => response.destroy(), GRACE_MS).unref();
  };
  const timer = setInterval(() => void check(), ACCESS_CHECK_MS);
  timer.unref();
  const unsubscribe = auth.onChange(() => void check());
  response.once("close", () => {
    clearInterval(timer);
    if (cutting !== null) clearTimeout(cutting);
    unsubscribe();
  });
}
