"use server";

import { type ActionResult, failureOf } from "@/app/act";
import { enter } from "@/app/enter";
import type { Continued } from "@/core/shapes/continuation";
import { type GoesOnWith, goesOnWith, text } from "./values";

export type ContinuedResult = ActionResult & { continued?: Continued };

/** Continues an ended task with a person's words: itself, or in a fork where it cannot be retried. */
export async function continueTask(id: string, words: string, given: GoesOnWith): Promise<ContinuedResult> {
  const { commands } = await enter();
  try {
    const continued = await commands.continueTask({ id: text(id), text: text(words), ...goesOnWith(given) });
    return { ok: true, sentence: continued.sentence, continued };
  } catch (error) {
    return failureOf(error);
  }
}
