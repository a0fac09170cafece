"use server";

import { type ActionResult, act } from "@/app/act";
import { optionalNumber, text } from "@/app/actions/values";
import type { More } from "./failed-words";

export async function markSeen(treeId: string): Promise<ActionResult> {
  return act(({ actor, commands }) => commands.markSeen(text(treeId), actor));
}

/** `more`: is added to its grant first. */
export async function retryTree(treeId: string, more: More | null): Promise<ActionResult> {
  return act(async ({ actor, commands, queries }) => {
    const { id, root_task_id } = await queries.getTree(text(treeId), { tasks: "none" });
    const wanted = { usd: optionalNumber(more?.usd), tokens: optionalNumber(more?.tokens) };
    if (wanted.usd !== undefined || wanted.tokens !== undefined) await commands.grant(id, wanted, actor);
    return commands.retry(root_task_id, actor);
  });
}

/** Somebody has opened the tree: a failure of it is no news to them any more. */
export async function openedTree(treeId: string): Promise<ActionResult> {
  return act(async ({ actor, commands, queries, may }) => {
    if (!may("markSeen")) return { sentence: "" };
    const { items } = await queries.listTrees({ unseenBy: actor.name, search: text(treeId), limit: 2 });
    if (!items.some((tree) => tree.id === treeId)) return { sentence: "" };
    return commands.markSeen(treeId, actor);
  });
}
