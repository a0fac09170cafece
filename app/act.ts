import type { GuardedApplication } from "@/agents/guard/guard";
import { enter } from "@/app/enter";
import type { FieldIssue, Refusal } from "@/core/shapes/refusal";
import { problemOfError } from "@/lib/http/problem";

/** The result of an action. The page shows its sentence where the person acted, and an issue at its field. */
export type ActionResult = { ok: boolean; sentence: string; refusal?: Refusal; issues?: readonly FieldIssue[] };

export type Failure = ActionResult & { ok: false };

/** Runs an action for the signed-in person, and turns every failure into a sentence. */
export async function act(work: (app: GuardedApplication) => Promise<{ sentence: string }>): Promise<ActionResult> {
  const app = await enter();
  try {
    return { ok: true, sentence: (await work(app)).sentence };
  } catch (error) {
    return failureOf(error);
  }
}

/** Returns the result of an action that failed. */
export function failureOf(error: unknown): Failure {
  const { refusal, issues } = problemOfError(error) ?? {};
  return { ok: false, sentence: sentenceOfFailure(error), refusal, issues };
}

/** The same for a form of one field, which every refusal is about. */
export function failureAt(field: string, error: unknown): Failure {
  const failure = failureOf(error);
  return { ...failure, issues: failure.issues ?? [{ path: [field], message: failure.sentence }] };
}

export function sentenceOfFailure(error: unknown): string {
  const known = problemOfError(error);
  if (known) return known.detail;
  console.error("An action failed:", error);
  return "The server failed. Committed work is safe. Try again.";
}
