"use client";

import { useCallback, useRef, useState } from "react";
import type { Failure } from "@/app/act";

export type Previewed<Preview> = { ok: true; preview: Preview } | Failure;

/** What was read of a source, or why it could not be read. */
export type Look<Source, Preview> = { source: Source } & Previewed<Preview>;

/**
 * Reads what describes a server, an API or an agent, before anything is stored. `look` is the newest answer, null before
 * the first and after `forget`.
 */
export function usePreview<Source, Preview>(preview: (source: Source) => Promise<Previewed<Preview>>) {
  const [look, setLook] = useState<Look<Source, Preview> | null>(null);
  const [isReading, setReading] = useState(false);
  /** The number of the newest reading. A slow address may answer after a file that was chosen meanwhile. */
  const newest = useRef(0);
  const forget = useCallback(() => {
    newest.current += 1;
    setReading(false);
    setLook(null);
  }, []);
  /** Resolves with the answer; null when another reading has begun meanwhile. */
  async function read(source: Source): Promise<Look<Source, Preview> | null> {
    forget();
    const own = newest.current;
    setReading(true);
    const found = await preview(source).catch((): Failure => ({ ok: false, sentence: NO_ANSWER }));
    if (own !== newest.current) return null;
    const answer = { source, ...found };
    setReading(false);
    setLook(answer);
    return answer;
  }
  return { look, isReading, read, forget };
}

const NO_ANSWER = "The server did not answer. Your input is kept. Try again.";
