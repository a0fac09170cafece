import type { Actor } from "@/agents/application";
import { requireSession } from "@/lib/auth/require-session";
import { problemOfError } from "@/lib/http/problem";

/** What an action tells its page: a sentence, shown where the person acted. */
export type ActionResult = { ok: boolean; sentence: string };

/** Every action goes through here: who acts is known before anything happens, and every failure is a sentence. */
export async function act(work: (actor: Actor) => Promise<{ sentence: string }>): Promise<ActionResult> {
  const actor = await requireSession();
  try {
    return { ok: true, sentence: (await work(actor)).sentence };
  } catch (error) {
    return { ok: false, sentence: sentenceOfFailure(error) };
  }
}

export function sentenceOfFailure(error: unknown): string {
  const known = problemOfError(error);
  if (known) return known.detail;
  console.error("An action failed:", error);
  return "The server failed at this; what was committed before is safe. Try again.";
}
