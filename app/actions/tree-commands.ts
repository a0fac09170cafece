"use server";

import { type ActionResult, act } from "@/app/act";
import { text } from "./values";

export async function deleteTree(id: string): Promise<ActionResult> {
  return act(({ actor, commands }) => commands.deleteTree(text(id), actor));
}
