/** Ends running answers to a person or program that loses access. */
import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Auth } from "@/lib/auth/auth";

/** Polls for access that another process ended. This process learns of its own changes immediately. */
const ACCESS_CHECK_MS = 2_000;
/** For a stream that ends by itself with a last message, and for the answer to people who remove themselves. */
const GRACE_MS = 1_000;

/**
 * Cuts an answer or a socket that still runs when its reader has lost access or has another role: a download, a stream,
 * a long call. `isStill`: whether the reader has the access with which it began.
 */
export function endWithAccess(
  auth: Pick<Auth, "onChange">,
  isStill: () => Promise<boolean>,
  answer: ServerResponse | Duplex,
): void {
  let cutting: NodeJS.Timeout | null = null;
  const check = async () => {
    if (cutting !== null || (await isStill().catch(() => false)) || answer.destroyed) return;
    cutting ??= setTimeout(() => answer.destroy(), GRACE_MS).unref();
  };
  const timer = setInterval(() => void check(), ACCESS_CHECK_MS);
  timer.unref();
  const unsubscribe = auth.onChange(() => void check());
  answer.once("close", () => {
    clearInterval(timer);
    if (cutting !== null) clearTimeout(cutting);
    unsubscribe();
  });
}
