"use server";

import { application } from "@/agents/application";
import type { Submission } from "@/agents/core/shapes";
import { sentenceOfFailure } from "@/app/act";
import { parseSubmission } from "@/app/api/v1/submission";
import { requireSession } from "@/lib/auth/require-session";

export type Submitted = { ok: true; treeId: string } | { ok: false; sentence: string };

export async function submitTree(submission: Submission): Promise<Submitted> {
  const actor = await requireSession();
  try {
    const tree = await application().commands.submitTree(parseSubmission(submission), actor);
    return { ok: true, treeId: tree.id };
  } catch (error) {
    return { ok: false, sentence: sentenceOfFailure(error) };
  }
}
