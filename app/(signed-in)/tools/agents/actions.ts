"use server";

import { type ActionResult, act, type Failure, failureAt } from "@/app/act";
import { text } from "@/app/actions/values";
import { enter } from "@/app/enter";
import type { OutsideAgentPreview, OutsideAgentRequest } from "@/core/shapes/servers/outside";

export type PreviewedAgent = { ok: true; preview: OutsideAgentPreview } | Failure;

/** Returns what the card of an outside agent says. It stores nothing. */
export async function previewOutsideAgent(url: string): Promise<PreviewedAgent> {
  const { queries } = await enter();
  try {
    return { ok: true, preview: await queries.previewOutsideAgent(text(url)) };
  } catch (error) {
    return failureAt("url", error);
  }
}

/** Adds an outside agent, or changes one; `version` is the one that the person saw, null for a new agent. */
export async function saveOutsideAgent(request: OutsideAgentRequest, version: number | null): Promise<ActionResult> {
  return act(async ({ commands }) => {
    const { sentence, problems } = await commands.saveOutsideAgent({ ...request, version });
    return { sentence: [sentence, ...problems].join(" ") };
  });
}
