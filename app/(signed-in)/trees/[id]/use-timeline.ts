"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import type { Timeline } from "@/agents/core/shapes-tree-views";
import { fetchJson } from "@/components/feed/fetch-json";
import { mergeTimeline } from "@/components/trees/timeline";

/** Between two answers, at least; and the server rests this many times as long as it took. */
const LEAST_REST_MS = 1_500;
const REST_SHARE = 10;

export interface TimelineHandle {
  timeline: Timeline | null;
  /** Why it could not be read, as a sentence. */
  problem: string | null;
  retry: () => void;
}

/** Read once, then what has changed since whenever the page sees that something was committed. */
export function useTimeline(treeId: string, cursor: string): TimelineHandle {
  const [timeline, setTimeline] = useState<Timeline | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [tries, setTries] = useState(0);
  const state = useRef({ held: null as Timeline | null, readAtMs: Number.NEGATIVE_INFINITY, tookMs: 0 });

  // biome-ignore lint/correctness/useExhaustiveDependencies: a commit, or a person, is why it is read again
  useEffect(() => {
    const ended = new AbortController();
    const { held, readAtMs, tookMs } = state.current;
    const restMs = Math.max(LEAST_REST_MS, REST_SHARE * tookMs);
    const timer = setTimeout(
      async () => {
        const startedMs = performance.now();
        const after = held ? `?after=${held.cursor}` : "";
        try {
          const next = await fetchJson<Timeline>(`trees/${treeId}/timeline${after}`, ended.signal);
          const merged = mergeTimeline(held, next);
          const nowMs = performance.now();
          state.current = { held: merged, readAtMs: nowMs, tookMs: nowMs - startedMs };
          setTimeline(merged);
          setProblem(null);
        } catch (error) {
          if (!ended.signal.aborted) setProblem(error instanceof Error ? error.message : "The timeline was not read.");
        }
      },
      Math.max(0, readAtMs + restMs - performance.now()),
    );
    return () => {
      clearTimeout(timer);
      // An answer that is on its way is still wanted, unless it is of another tree.
      if (state.current.held?.tree_id !== treeId) ended.abort();
    };
  }, [treeId, cursor, tries]);

  const retry = useCallback(() => setTries((now) => now + 1), []);
  return { timeline, problem, retry };
}
