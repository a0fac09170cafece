"use server";

import { sentenceOfFailure } from "@/app/act";
import { text } from "@/app/actions/values";
import { enter } from "@/app/enter";
import type { ServerPreview } from "@/core/shapes/tools";

export type Previewed = { ok: true; preview: ServerPreview } | { ok: false; sentence: string };

/** Returns a preview of the servers in a file. It stores and starts nothing. */
export async function previewServers(file: string): Promise<Previewed> {
  const { queries } = await enter();
  try {
    return { ok: true, preview: await queries.previewServers(text(file)) };
  } catch (error) {
    return { ok: false, sentence: sentenceOfFailure(error) };
  }
}
