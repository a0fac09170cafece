"use server";

/** Ends trials of new versions, and takes what a person says about the result of a tree. */

import { type ActionResult, act } from "@/app/act";
import { text } from "./values";

export async function endTrial(id: string, decision: "take" | "back"): Promise<ActionResult> {
  return act(({ actor, commands }) => commands.endTrial(text(id), decision === "take" ? "take" : "back", actor));
}

export async function judgeTree(treeId: string, outcome: "pass" | "fail", reason: string): Promise<ActionResult> {
  const judged = outcome === "pass" ? "pass" : "fail";
  return act(({ actor, commands }) => commands.judgeTree(text(treeId), judged, text(reason), actor));
}
