import type { GuardedApplication } from "@/agents/guard/guard";
import { enter } from "@/app/enter";
import type { Refusal } from "@/core/shapes/refusal";
import { problemOfError } from "@/lib/http/problem";

/** What an action tells its page: a sentence, shown where the person acted. */
export type ActionResult = { ok: boolean; sentence: string; refusal?: Refusal };

/** Every action goes through here: who acts is known before anything happens, and every failure is a sentence. */
export async function act(work: (app: GuardedApplication) => Promise<{ sentence: string }>): Promise<ActionResult> {
  const app = await enter();
  try {
    return { ok: true, sentence: (await work(app)).sentence };
  } catch (error) {
    return { ok: false, sentence: sentenceOfFailure(error), refusal: problemOfError(error)?.refusal };
  }
}

export function sentenceOfFailure(error: unknown): string {
  const known = problemOfError(error);
  if (known) return known.detail;
  console.error("An action failed:", error);
  return "The server failed at this; what was committed before is safe. Try again.";
}
