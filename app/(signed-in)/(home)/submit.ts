"use server";

import type { Submission } from "@/agents/core/shapes";
import { sentenceOfFailure } from "@/app/act";
import { parseSubmission } from "@/app/api/v1/submission";
import { enter } from "@/app/enter";

export type Submitted = { ok: true; treeId: string } | { ok: false; sentence: string };

/** `once`: whoever sends the same again, having heard no answer, gets the tree that there is. */
export async function submitTree(submission: Submission, once?: string): Promise<Submitted> {
  const { actor, commands } = await enter();
  try {
    const key = typeof once === "string" && /^[\w-]{8,64}$/.test(once) ? `${actor.id} page ${once}` : undefined;
    const tree = await commands.submitTree(parseSubmission(submission), actor, { once: key });
    return { ok: true, treeId: tree.id };
  } catch (error) {
    return { ok: false, sentence: sentenceOfFailure(error) };
  }
}
