"use server";

import { parseSubmission } from "@/agents/guard/submission";
import { failureOf } from "@/app/act";
import { enter } from "@/app/enter";
import { onceOf } from "@/app/once";
import type { Submission } from "@/core/shapes/submission";

export type Submitted = { ok: true; treeId: string } | ReturnType<typeof failureOf>;

/** Submits a tree. A second call with the same `once`, after a lost response, returns the tree of the first call. */
export async function submitTree(submission: Submission, once?: string): Promise<Submitted> {
  const { actor, commands } = await enter();
  try {
    const tree = await commands.submitTree({ ...parseSubmission(submission), once: onceOf(actor, "page", once) });
    return { ok: true, treeId: tree.id };
  } catch (error) {
    return failureOf(error);
  }
}
