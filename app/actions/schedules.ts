"use server";

/** The action on schedules whose answer is more than a sentence. */
import type { OperationInput } from "@/agents/guard/guard";
import { type ActionResult, failureOf } from "@/app/act";
import { enter } from "@/app/enter";

/** Adds a schedule; `id` is its id. */
export async function addSchedule(schedule: OperationInput<"addSchedule">): Promise<ActionResult & { id?: string }> {
  const { commands } = await enter();
  try {
    return { ok: true, ...(await commands.addSchedule(schedule)) };
  } catch (error) {
    return failureOf(error);
  }
}
