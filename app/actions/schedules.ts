"use server";

/** Actions of schedules, for their pages and the composer. */

import { parseSchedule, parseScheduleChange } from "@/agents/guard/submission";
import { type ActionResult, act, failureOf } from "@/app/act";
import { enter } from "@/app/enter";
import type { NewSchedule, ScheduleChange } from "@/core/shapes/schedules";
import { text } from "./values";

/** Adds a schedule; `id` is its id. */
export async function addSchedule(schedule: NewSchedule): Promise<ActionResult & { id?: string }> {
  const { actor, commands } = await enter();
  try {
    return { ok: true, ...(await commands.addSchedule(parseSchedule(schedule), actor)) };
  } catch (error) {
    return failureOf(error);
  }
}

export async function changeSchedule(id: string, change: ScheduleChange): Promise<ActionResult> {
  return act(({ actor, commands }) => commands.changeSchedule(text(id), parseScheduleChange(change), actor));
}

export async function pauseSchedule(id: string): Promise<ActionResult> {
  return act(({ actor, commands }) => commands.pauseSchedule(text(id), actor));
}

export async function resumeSchedule(id: string): Promise<ActionResult> {
  return act(({ actor, commands }) => commands.resumeSchedule(text(id), actor));
}

export async function removeSchedule(id: string): Promise<ActionResult> {
  return act(({ actor, commands }) => commands.removeSchedule(text(id), actor));
}

/** Begins a tree of the schedule now; `tree` is its id. */
export async function runSchedule(id: string): Promise<ActionResult & { tree?: string }> {
  const { actor, commands } = await enter();
  try {
    return { ok: true, ...(await commands.runSchedule(text(id), actor)) };
  } catch (error) {
    return failureOf(error);
  }
}
