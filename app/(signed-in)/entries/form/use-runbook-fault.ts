"use client";

import { useEffect, useState } from "react";
import { previewImport } from "@/app/actions/entries";
import type { TextFault } from "@/components/text/code-mirror-field";

/** The server validates the text after this pause in typing. */
const PAUSE_MS = 400;

/** Returns the problem that prevents saving a runbook, while it is edited. `name` is empty for a new runbook. */
export function useRunbookFault(name: string, text: string, isWatched: boolean): TextFault | null {
  const [fault, setFault] = useState<TextFault | null>(null);
  useEffect(() => {
    if (!isWatched) return;
    let isOver = false;
    const timer = setTimeout(async () => {
      // If the server does not answer, nothing is known about the text.
      const found = await faultOf(name, text).catch(() => null);
      if (!isOver) setFault(found);
    }, PAUSE_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [name, text, isWatched]);
  return fault;
}

async function faultOf(name: string, text: string): Promise<TextFault | null> {
  const whole = (sentence: string): TextFault => ({ line: null, sentence });
  if (!text.trim()) return whole("The text is empty.");
  const result = await previewImport("runbook", [{ file: "", text }]);
  if (!result.ok) return whole(result.sentence);
  const [preview] = result.previews;
  if (!preview) return null;
  const { problem, refusal } = preview;
  if (problem !== null) return { line: refusal?.code === "wrong_line" ? refusal.line : null, sentence: problem };
  if (name && preview.name !== name)
    return whole(`The text has the name ${preview.name}, not ${name}. Change “name” in the front matter.`);
  if (!name && preview.before !== null)
    return whole(`The runbook ${preview.name} already exists. Choose another name.`);
  return null;
}
