"use client";

import { useMemo, useState } from "react";
import { clockTime } from "@/components/ui/clock-time";
import type { Task } from "@/core/shapes/shapes";
import type { TreeTurn } from "@/core/shapes/tree-views";
import { useLoaded } from "../files/use-loaded";

/** A time to which the tree can go back: just before a turn of a task. */
export interface TreePoint extends TreeTurn {
  task: Task;
  /** Milliseconds after the beginning of the tree. */
  ms: number;
}

export interface PointChoice {
  /** In the order of time. */
  points: readonly TreePoint[];
  /** The index of the chosen one; the number of points stands for now. */
  index: number;
  point: TreePoint | null;
  choose: (index: number) => void;
  /** Reads the turns again, as a person begins to look back. */
  wake: () => void;
  problem: string | null;
}

/** Returns the points to which the reader can look back, and the one that is shown; none is now. */
export function useTreePoint(treeId: string, tasks: ReadonlyMap<string, Task>, from: string): PointChoice {
  const [seq, setSeq] = useState<number | null>(null);
  const [reads, setReads] = useState(0);
  const { body, problem } = useLoaded(`trees/${treeId}/turns`, String(reads));
  const points = useMemo(
    () =>
      (body?.items ?? []).flatMap((turn): TreePoint[] => {
        // Not those of a selector, which no row shows.
        const task = tasks.get(turn.task_id);
        return task ? [{ ...turn, task, ms: Date.parse(turn.at) - Date.parse(from) }] : [];
      }),
    [body, tasks, from],
  );
  const found = seq === null ? -1 : points.findIndex((point) => point.seq === seq);
  const index = found < 0 ? points.length : found;
  return {
    points,
    index,
    point: points[index] ?? null,
    choose: (to) => setSeq(points[Math.max(0, to)]?.seq ?? null),
    wake: () => setReads((now) => now + 1),
    problem,
  };
}

/** Returns for example “Before turn 3 of “Run the tests”, 13:20:05”. */
export function pointText({ turn, task, at }: TreePoint): string {
  return `Before turn ${turn} of “${task.title}”, ${clockTime(Date.parse(at), true)}`;
}
