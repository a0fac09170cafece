"use server";

import { type Failure, failureOf } from "@/app/act";
import { enter } from "@/app/enter";
import type { AppliedBranch } from "@/core/shapes/files";
import { optionalText, text } from "./values";

export type Applied = { ok: true; branch: AppliedBranch } | Failure;

/** Creates a branch with what the tree, or one of its tasks, changed. */
export async function applyAsBranch(
  treeId: string,
  given: { branch: string; repository: string; task?: string },
): Promise<Applied> {
  const { commands } = await enter();
  try {
    const options = {
      branch: text(given?.branch),
      repository: optionalText(given?.repository),
      task: optionalText(given?.task),
    };
    return { ok: true, branch: await commands.applyAsBranch({ id: text(treeId), ...options }) };
  } catch (error) {
    return failureOf(error);
  }
}
