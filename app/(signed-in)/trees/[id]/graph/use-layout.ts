"use client";

import { useEffect, useRef, useState } from "react";
import { type Box, structureOf } from "@/components/trees/graph";
import { layOut, type Placed } from "./graph-layout";

export interface Layout {
  /** Until boxes have a place they are not shown. */
  places: ReadonlyMap<string, Placed>;
  isReady: boolean;
  problem: string | null;
}

const NOTHING: ReadonlyMap<string, Placed> = new Map();

/** Laid out anew only when there are other boxes: what a task does never moves it. */
export function useLayout(boxes: readonly Box[]): Layout {
  const structure = structureOf(boxes);
  const latest = useRef(boxes);
  useEffect(() => {
    latest.current = boxes;
  });
  const [layout, setLayout] = useState<Layout>({ places: NOTHING, isReady: false, problem: null });
  useEffect(() => {
    let isGone = false;
    if (!structure) return;
    layOut(latest.current.map(({ id, parent }) => ({ id, parent }))).then(
      (places) => isGone || setLayout({ places, isReady: true, problem: null }),
      () => {
        const problem = "The graph could not be laid out in this browser; the outline shows the same tasks.";
        if (!isGone) setLayout((now) => ({ ...now, isReady: true, problem }));
      },
    );
    return () => {
      isGone = true;
    };
  }, [structure]);
  return layout;
}
