"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { fetchJson } from "@/components/http/fetch-json";
import { mergeTimeline } from "@/components/trees/timeline";
import type { Timeline } from "@/core/shapes/tree-views";
import { type Reader, startReader } from "../view/start-reader";

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
    const started = startReader<Timeline>({
      async read(held, signal) {
        const after = held ? (`?after=${held.cursor}` as const) : "";
        return mergeTimeline(held, await fetchJson(`trees/${treeId}/timeline${after}`, signal));
      },
      onRead(next) {
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
