"use server";

import { sentenceOfFailure } from "@/app/act";
import { text } from "@/app/actions/values";
import { enter } from "@/app/enter";
import type { ServerPreview } from "@/core/shapes/tools";

export type Previewed = { ok: true; preview: ServerPreview } | { ok: false; sentence: string };

/**
 * Returns a preview of the servers in a file, after the mend with this id. It stores and starts nothing; the mended file
 * is part of the preview. `changed`: the server that the file changes.
 */
export async function previewServers(file: string, mend?: string, changed?: string): Promise<Previewed> {
  const { queries } = await enter();
  try {
    const mends = mend === undefined ? [] : [text(mend)];
    const own = changed === undefined ? undefined : text(changed);
    return { ok: true, preview: await queries.previewServers(text(file), mends, own) };
  } catch (error) {
    return { ok: false, sentence: sentenceOfFailure(error) };
  }
}
