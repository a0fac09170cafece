"use server";

import { type ActionResult, act } from "@/app/act";
import { text } from "./values";

/** Marks a tree as seen when a person opens it, so that its failure is no longer news to them. */
export async function openedTree(treeId: string): Promise<ActionResult> {
  return act(async ({ actor, commands, queries, may }) => {
    if (!may("markSeen")) return { sentence: "" };
    const { items } = await queries.listTrees({ unseenBy: actor.name, search: text(treeId), limit: 2 });
    if (!items.some((tree) => tree.id === treeId)) return { sentence: "" };
    return commands.markSeen({ id: treeId });
  });
}
