import { applicationFor, type GuardedApplication } from "@/agents/guard/guard";
import { requireSession } from "@/lib/auth/require-session";

/** For every page and every action: the application as the person who is signed in may use it; anybody else is sent to sign in. */
export async function enter(): Promise<GuardedApplication> {
  return applicationFor(await requireSession());
}
