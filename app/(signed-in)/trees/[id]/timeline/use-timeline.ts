"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { fetchJson } from "@/components/http/fetch-json";
import { mergeTimeline } from "@/components/trees/timeline";
import type { Timeline } from "@/core/shapes/tree-views";

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
  /** Reads now, or when its rest is over; not at all for a reason that was answered already. */
  wake(why: string): void;
  stop(): void;
}

interface ReaderEars {
  onTimeline(timeline: Timeline): void;
  onProblem(problem: string): void;
}

/** One answer at a time. What is committed while one is on its way is read after the rest, however much it is. */
function startReader(treeId: string, { onTimeline, onProblem }: ReaderEars): Reader {
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
      // A person, or the next commit, tries again.
      wanted = null;
      answered = null;
      if (!ended.signal.aborted) onProblem(error instanceof Error ? error.message : "The timeline was not read.");
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
