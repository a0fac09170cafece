"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { fetchJson } from "@/components/http/fetch-json";
import { mergeTimeline } from "@/components/trees/timeline";
import type { Timeline } from "@/core/shapes/tree-views";

/** The shortest wait between two reads. After a slow read the wait is `REST_SHARE` times as long as the read took. */
const LEAST_REST_MS = 1_500;
const REST_SHARE = 10;

export interface TimelineHandle {
  timeline: Timeline | null;
  /** A sentence that says why the timeline could not be loaded. */
  problem: string | null;
  retry: () => void;
}

/** Reads the timeline once, then reads the changes whenever `cursor` shows a new commit. */
export function useTimeline(treeId: string, cursor: string): TimelineHandle {
  const [timeline, setTimeline] = useState<Timeline | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const reader = useRef<Reader | null>(null);

  useEffect(() => {
    const started = startReader(treeId, {
      onTimeline(next) {
        setTimeline(next);
        setProblem(null);
      },
      onProblem: setProblem,
    });
    reader.current = started;
    return () => started.stop();
  }, [treeId]);
  useEffect(() => {
    reader.current?.wake(cursor);
  }, [cursor]);

  const retry = useCallback(() => reader.current?.wake("by a person"), []);
  return { timeline, problem, retry };
}

interface Reader {
  /** Reads now or when the wait is over, unless the last read already covered this reason. */
  wake(why: string): void;
  stop(): void;
}

interface ReaderHandlers {
  onTimeline(timeline: Timeline): void;
  onProblem(problem: string): void;
}

/** Starts a reader with one request at a time. All commits during a request are read together after the wait. */
function startReader(treeId: string, { onTimeline, onProblem }: ReaderHandlers): Reader {
  const ended = new AbortController();
  let held: Timeline | null = null;
  let wanted: string | null = null;
  let answered: string | null = null;
  let isBusy = false;

  async function read(): Promise<void> {
    isBusy = true;
    const why = wanted;
    const startedMs = performance.now();
    try {
      const after = held ? `?after=${held.cursor}` : "";
      held = mergeTimeline(held, await fetchJson<Timeline>(`trees/${treeId}/timeline${after}`, ended.signal));
      answered = why;
      if (!ended.signal.aborted) onTimeline(held);
    } catch (error) {
      // The Retry button or the next commit reads again.
      wanted = null;
      answered = null;
      if (!ended.signal.aborted) onProblem(error instanceof Error ? error.message : "Unknown error.");
    }
    setTimeout(next, Math.max(LEAST_REST_MS, REST_SHARE * (performance.now() - startedMs)));
  }

  function next(): void {
    isBusy = false;
    if (wanted !== answered && !ended.signal.aborted) void read();
  }

  return {
    wake(why) {
      wanted = why;
      if (!isBusy) next();
    },
    stop: () => ended.abort(),
  };
}
