"use client";

import { useEffect, useState } from "react";
import { previewImport } from "@/app/actions/entries";
import type { TextFault } from "@/components/text/markdown-field";

/** After so long without a key the text is read by the server, which knows the steps. */
const PAUSE_MS = 400;

/** What keeps a runbook from being saved, while it is written. `name` is empty of a new one. */
export function useRunbookFault(name: string, text: string, isWatched: boolean): TextFault | null {
  const [fault, setFault] = useState<TextFault | null>(null);
  useEffect(() => {
    if (!isWatched) return;
    let isOver = false;
    const timer = setTimeout(async () => {
      // A server that does not answer says nothing about the text.
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
  if (!text.trim()) return whole("The text is empty: write it.");
  const result = await previewImport("runbook", [{ file: "", text }]);
  if (!result.ok) return whole(result.sentence);
  const [preview] = result.previews;
  if (!preview) return null;
  const { problem, refusal } = preview;
  if (problem !== null) return { line: refusal?.code === "wrong_line" ? refusal.line : null, sentence: problem };
  if (name && preview.name !== name)
    return whole(`The text names the runbook ${preview.name}, not ${name}: change “name” in its front matter.`);
  if (!name && preview.before !== null)
    return whole(`There is a runbook ${preview.name} already: choose another name.`);
  return null;
}
