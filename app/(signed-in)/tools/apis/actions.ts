"use server";

import { type ActionResult, act, type Failure, failureAt } from "@/app/act";
import { text } from "@/app/actions/values";
import { enter } from "@/app/enter";
import type { ApiPreview, ApiRequest } from "@/core/shapes/servers/outside";

export type PreviewedApi = { ok: true; preview: ApiPreview } | Failure;

/** Returns what an OpenAPI document describes. It stores nothing. */
export async function previewApi(source: { url?: string; text?: string }): Promise<PreviewedApi> {
  const { queries } = await enter();
  try {
    const { url, text: given } = source;
    const read = given === undefined ? { url: text(url ?? "") } : { text: text(given) };
    return { ok: true, preview: await queries.previewApi(read) };
  } catch (error) {
    return failureAt(source?.text === undefined ? "url" : "text", error);
  }
}

/** Adds a web API, or changes one; `version` is the one that the person saw, null for a new API. */
export async function saveApi(request: ApiRequest, version: number | null): Promise<ActionResult> {
  return act(async ({ commands }) => {
    const { sentence, problems } = await commands.saveApi({ ...request, version });
    return { sentence: [sentence, ...problems].join(" ") };
  });
}
