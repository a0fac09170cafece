"use server";

/** Decisions on proposals. */

import { type ActionResult, act } from "@/app/act";
import { text } from "./values";

export async function decideReview(id: string, decision: string, reason: string): Promise<ActionResult> {
  const decided = decision === "approved" ? "approved" : "rejected";
  return act(({ commands }) => commands.decide({ id: text(id), decision: decided, reason: text(reason) }));
}

/** Makes the version live again that an approved proposal replaced. */
export async function restoreBefore(id: string): Promise<ActionResult> {
  return act(({ commands }) => commands.restoreBefore({ id: text(id) }));
}
