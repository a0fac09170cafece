"use client";

import { previewServers } from "./actions";
import { usePreview } from "./parts/use-preview";

/**
 * Reads what of servers will not work before they start. `mend` applies a change that was offered, gives the changed text
 * to `take`, and reads it. `changed`: the server that the text changes; without it, servers are added.
 */
export function useServerPreview(changed?: string) {
  const preview = usePreview((source: string) => previewServers(source, undefined, changed));
  const { look, read } = preview;
  async function mend(id: string, take: (text: string) => void): Promise<void> {
    if (!look) return;
    const mended = await previewServers(look.source, id, changed).catch(() => null);
    const text = mended?.ok ? mended.preview.text : null;
    if (text !== null) take(text);
    // Without an answer, the same text is read again, which says why.
    void read(text ?? look.source);
  }
  return { ...preview, mend };
}
