import { applicationFor, type GuardedApplication } from "@/agents/guard/guard";
import { requireSession } from "@/lib/auth/require-session";

/** Returns the application with the rights of the signed-in person; redirects everybody else to the sign-in page. */
export async function enter(): Promise<GuardedApplication> {
  return applicationFor(await requireSession());
}
