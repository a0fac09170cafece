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
      const sentence = await faultOf(name, text).catch(() => null);
      if (!isOver) setFault(sentence === null ? null : { line: lineIn(sentence), sentence });
    }, PAUSE_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [name, text, isWatched]);
  return fault;
}

async function faultOf(name: string, text: string): Promise<string | null> {
  if (!text.trim()) return "The text is empty: write it.";
  const result = await previewImport("runbook", [{ file: "", text }]);
  if (!result.ok) return result.sentence;
  const [preview] = result.previews;
  if (!preview || preview.problem !== null) return preview?.problem ?? null;
  if (name && preview.name !== name)
    return `The text names the runbook ${preview.name}, not ${name}: change “name” in its front matter.`;
  if (!name && preview.before !== null) return `There is a runbook ${preview.name} already: choose another name.`;
  return null;
}

function lineIn(sentence: string): number | null {
  const line = /^Line (\d+) /.exec(sentence)?.[1];
  return line === undefined ? null : Number(line);
}
