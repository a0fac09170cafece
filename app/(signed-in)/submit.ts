"use server";

import type { Submission } from "@/agents/core/shapes";
import { sentenceOfFailure } from "@/app/act";
import { parseSubmission } from "@/app/api/v1/submission";
import { enter } from "@/app/enter";

export type Submitted = { ok: true; treeId: string } | { ok: false; sentence: string };

export async function submitTree(submission: Submission): Promise<Submitted> {
  const { actor, commands } = await enter();
  try {
    const tree = await commands.submitTree(parseSubmission(submission), actor);
    return { ok: true, treeId: tree.id };
  } catch (error) {
    return { ok: false, sentence: sentenceOfFailure(error) };
  }
}
