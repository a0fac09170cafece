"use client";

import { useEffect, useMemo, useState } from "react";
import { fetchAll } from "@/components/http/fetch-json";
import type { FoundInTree } from "@/core/shapes/tree-views";

/** The server is asked after a pause of this length in typing. */
const PAUSE_MS = 250;
const NOTHING: ReadonlyMap<string, FoundInTree> = new Map();

export interface TreeSearch {
  /** Matches in the texts of each task, by task id. The page itself searches the words that rows show. */
  found: ReadonlyMap<string, FoundInTree>;
  isSearching: boolean;
  /** A sentence that says why the texts could not be searched. */
  problem: string | null;
}

interface Answer {
  words: string;
  found: ReadonlyMap<string, FoundInTree>;
  problem: string | null;
}

export function useTreeSearch(treeId: string, query: string): TreeSearch {
  const words = query.trim();
  const [answer, setAnswer] = useState<Answer>({ words: "", found: NOTHING, problem: null });
  useEffect(() => {
    if (!words) return;
    const ended = new AbortController();
    const timer = setTimeout(() => {
      fetchAll(`trees/${treeId}/search?q=${encodeURIComponent(words)}`, ended.signal).then(
        (items) => setAnswer({ words, found: new Map(items.map((match) => [match.task_id, match])), problem: null }),
        (error: Error) => ended.signal.aborted || setAnswer({ words, found: NOTHING, problem: error.message }),
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      ended.abort();
    };
  }, [treeId, words]);
  return useMemo(() => {
    if (!words) return { found: NOTHING, isSearching: false, problem: null };
    if (answer.words !== words) return { found: NOTHING, isSearching: true, problem: null };
    return { found: answer.found, isSearching: false, problem: answer.problem };
  }, [words, answer]);
}
