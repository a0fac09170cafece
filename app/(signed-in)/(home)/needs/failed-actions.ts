"use server";

import { type ActionResult, act } from "@/app/act";
import { optionalNumber, text } from "@/app/actions/values";
import type { More } from "./failed-words";

/** Retries a failed tree. `more` is added to its grant first. */
export async function retryTree(treeId: string, more: More | null): Promise<ActionResult> {
  return act(async ({ actor, commands, queries }) => {
    const { id, root_task_id } = await queries.getTree(text(treeId), { tasks: "none" });
    const wanted = { usd: optionalNumber(more?.usd), tokens: optionalNumber(more?.tokens) };
    if (wanted.usd !== undefined || wanted.tokens !== undefined) await commands.grant(id, wanted, actor);
    return commands.retry(root_task_id, actor);
  });
}
