"use server";

import { parseGoalFields } from "@/agents/guard/submission";
import { type ActionResult, act } from "@/app/act";
import type { GoalFields } from "@/core/log/goal";
import { text } from "./values";

export async function deleteTree(id: string): Promise<ActionResult> {
  return act(({ commands }) => commands.deleteTree({ id: text(id) }));
}

/** Changes what the goal of a tree is given. */
export async function changeGoal(id: string, fields: GoalFields): Promise<ActionResult> {
  return act(({ commands }) => commands.changeGoal({ id: text(id), ...parseGoalFields(fields) }));
}
