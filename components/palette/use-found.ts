"use client";

import { useEffect, useState } from "react";
import { fetchJson } from "@/components/http/fetch-json";
import { useMe } from "@/components/ui/rights";
import type { Found } from "@/core/shapes/search";
import { openedBy } from "./opened-trees";

/** The server is asked after a pause of this length in typing. */
const PAUSE_MS = 120;
const NOTHING: Found = { trees: [], opened: [], tasks: [], entries: [], texts: [] };

interface Answer {
  /** null before the first answer. */
  words: string | null;
  found: Found;
  problem: string | null;
}

/** Asks the server what matches, and without words for the trees that this person opened last. While it searches, the last answer stays, so that rows do not blink. */
export function useFound(search: string) {
  const words = search.trim();
  const me = useMe();
  const [answer, setAnswer] = useState<Answer>({ words: null, found: NOTHING, problem: null });
  useEffect(() => {
    const ended = new AbortController();
    const ask = () =>
      fetchJson(`find?words=${encodeURIComponent(words)}${words ? "" : openedPart(me)}`, ended.signal).then(
        (found) => setAnswer({ words, found, problem: null }),
        (error: Error) => ended.signal.aborted || setAnswer({ words, found: NOTHING, problem: error.message }),
      );
    const timer = setTimeout(() => void ask(), words ? PAUSE_MS : 0);
    return () => {
      clearTimeout(timer);
      ended.abort();
    };
  }, [words, me]);
  return { ...answer, isSearching: answer.words !== words };
}

/** Without the tree that is open now. */
function openedPart(me: string): string {
  const ids = openedBy(me).filter((id) => window.location.pathname !== `/trees/${id}`);
  return ids.length > 0 ? `&opened=${ids.map(encodeURIComponent).join()}` : "";
}
