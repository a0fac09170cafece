"use client";

import { useEffect, useState } from "react";
import { fetchJson } from "@/components/http/fetch-json";
import type { Found } from "@/core/shapes/found";

/** The server is asked after a pause of this length in typing. */
const PAUSE_MS = 120;
const NOTHING: Found = { trees: [], tasks: [], entries: [], texts: [] };

interface Answer {
  /** null before the first answer. */
  words: string | null;
  found: Found;
  problem: string | null;
}

/** Asks the server what matches. While it searches, the last answer stays, so that rows do not blink. */
export function useFound(search: string) {
  const words = search.trim();
  const [answer, setAnswer] = useState<Answer>({ words: null, found: NOTHING, problem: null });
  useEffect(() => {
    const ended = new AbortController();
    const ask = () =>
      fetchJson<Found>(`find?words=${encodeURIComponent(words)}`, ended.signal).then(
        (found) => setAnswer({ words, found, problem: null }),
        (error: Error) => ended.signal.aborted || setAnswer({ words, found: NOTHING, problem: error.message }),
      );
    const timer = setTimeout(() => void ask(), words ? PAUSE_MS : 0);
    return () => {
      clearTimeout(timer);
      ended.abort();
    };
  }, [words]);
  return { ...answer, isSearching: answer.words !== words };
}
