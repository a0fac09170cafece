"use client";

import { useEffect, useState } from "react";

const SHOWN_MS = 4_000;

/** Copies a text, and returns what to say about it for a moment. */
export function useCopied() {
  const [notice, setNotice] = useState("");
  useEffect(() => {
    if (notice === "") return;
    const timer = setTimeout(() => setNotice(""), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [notice]);
  async function copy(text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      setNotice("Copied");
    } catch {
      setNotice("The browser does not allow copying here: select the text instead.");
    }
  }
  return { notice, copy };
}
