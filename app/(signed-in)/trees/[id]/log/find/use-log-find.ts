"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { fetchJson } from "@/components/http/fetch-json";
import type { FoundInLog } from "@/core/shapes/search";

/** The server is asked after a pause of this length in typing. */
const PAUSE_MS = 200;
const NOTHING: FoundInLog = { seqs: [], more: false };

interface Answer {
  query: string;
  found: FoundInLog;
  problem: string | null;
}

export interface LogFind {
  query: string;
  setQuery: (query: string) => void;
  found: FoundInLog;
  /** Place of the shown match in `found.seqs`; -1 without a match. */
  at: number;
  /** Goes to the next or previous match, and around at the ends. */
  move: (by: 1 | -1) => void;
  isSearching: boolean;
  /** A sentence that says why nothing could be searched. */
  problem: string | null;
}

/** Searches the whole log of a task on the server, and goes to its matches with `open`. */
export function useLogFind(taskId: string, open: (seq: number) => void): LogFind {
  const [query, setQuery] = useState("");
  const [answer, setAnswer] = useState<Answer>({ query: "", found: NOTHING, problem: null });
  const [at, setAt] = useState(-1);
  const wanted = query.trim();
  // A jump changes `open`, and must not search again.
  const latestOpen = useRef(open);
  useEffect(() => {
    latestOpen.current = open;
  });

  const take = useCallback(
    (found: FoundInLog) => {
      const first = firstShown();
      const next = found.seqs.findIndex((seq) => seq >= first);
      const start = next < 0 ? found.seqs.length - 1 : next;
      setAnswer({ query: wanted, found, problem: null });
      setAt(start);
      if (found.seqs[start] !== undefined) latestOpen.current(found.seqs[start]);
    },
    [wanted],
  );
  useEffect(() => {
    if (!wanted) return;
    const ended = new AbortController();
    const timer = setTimeout(() => {
      fetchJson(`tasks/${taskId}/find?q=${encodeURIComponent(wanted)}`, ended.signal).then(
        take,
        (error: Error) => ended.signal.aborted || setAnswer({ query: wanted, found: NOTHING, problem: error.message }),
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      ended.abort();
    };
  }, [taskId, wanted, take]);

  const isSearching = wanted !== "" && answer.query !== wanted;
  const { seqs } = answer.found;
  const move = (by: 1 | -1) => {
    if (seqs.length === 0 || isSearching) return;
    const next = (at + by + seqs.length) % seqs.length;
    setAt(next);
    open(seqs[next] ?? 0);
  };
  const isShown = wanted !== "" && answer.query === wanted;
  const found = isShown ? answer.found : NOTHING;
  return { query, setQuery, found, at, move, isSearching, problem: isShown ? answer.problem : null };
}

/** Returns the first message that the reader sees, so that the search starts there. */
function firstShown(): number {
  const top = document.querySelector("[data-log-scroller]")?.getBoundingClientRect().top ?? 0;
  const entries = [...document.querySelectorAll<HTMLElement>("[data-log] [data-seq]")];
  return Number(entries.find((entry) => entry.getBoundingClientRect().bottom > top)?.dataset.seq ?? 0);
}
