"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { fetchJson } from "@/components/http/fetch-json";
import type { GoalView } from "@/core/shapes/goals";
import { type Reader, startReader } from "../view/start-reader";

export interface GoalHandle {
  /** undefined: not read yet; null: the tree pursues no goal. */
  goal: GoalView | null | undefined;
  /** A sentence that says why the goal could not be read. */
  problem: string | null;
  retry: () => void;
}

/** Reads the goal, and again whenever `cursor` shows a new commit. */
export function useGoal(treeId: string, cursor: string): GoalHandle {
  const [goal, setGoal] = useState<GoalView | null>();
  const [problem, setProblem] = useState<string | null>(null);
  const reader = useRef<Reader | null>(null);
  useEffect(() => {
    const started = startReader<{ goal: GoalView | null }>({
      read: (_, signal) => fetchJson(`trees/${treeId}/goal`, signal),
      onRead(next) {
        setGoal(next.goal);
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
  return { goal, problem, retry };
}
