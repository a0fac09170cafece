"use server";

/** Actions of the page Space: which old trees are removed, a preview, and the removal. */
import { setTimeout as after } from "node:timers/promises";
import { type ActionResult, act, sentenceOfFailure } from "@/app/act";
import { enter } from "@/app/enter";
import type { RetentionPreview } from "@/core/shapes/retention";

/** A longer run goes on, and the page shows its progress. */
const MOST_WAIT_MS = 2_000;

export interface GivenLimits {
  days?: number;
  max_mb?: number;
}

/** The command checks the values. */
export async function setRetention(
  given: GivenLimits & { keep_goals?: boolean; archive?: boolean },
): Promise<ActionResult> {
  const change = {
    ...limitsOf(given),
    ...(given?.keep_goals !== undefined && { keep_goals: given.keep_goals === true }),
    ...(given?.archive !== undefined && { archive: given.archive === true }),
  };
  return act(({ commands }) => commands.setRetention(change));
}

export async function previewRetention(
  given: GivenLimits,
): Promise<{ found: RetentionPreview } | { sentence: string }> {
  const { queries } = await enter();
  try {
    return { found: await queries.previewRetention(limitsOf(given)) };
  } catch (error) {
    return { sentence: sentenceOfFailure(error) };
  }
}

/** Removes old trees by these limits, if they do what was previewed. Resolves before a long run has ended. */
export async function cleanNow(
  given: GivenLimits,
  { days, max_mb, keep_goals, archive }: RetentionPreview["settings"],
): Promise<ActionResult> {
  return act(async ({ commands }) => {
    const run = commands.cleanNow({ ...limitsOf(given), previewed: { days, max_mb, keep_goals, archive } });
    // Also a failure after the answer is stored, as the problem of the last run.
    run.catch(() => {});
    const { sentence } = await Promise.race([run, after(MOST_WAIT_MS, { sentence: "Removing old trees." })]);
    return { sentence };
  });
}

/** NaN for anything but a number, which the command refuses with a sentence. */
function limitsOf(given: GivenLimits): GivenLimits {
  return {
    ...(given?.days !== undefined && { days: Number(given.days) }),
    ...(given?.max_mb !== undefined && { max_mb: Number(given.max_mb) }),
  };
}
