"use client";

import { useEffect, useRef, useState } from "react";
import { type Box, structureOf } from "@/components/trees/graph";
import { layOut, type Placed } from "./graph-layout";

export interface Layout {
  /** A box without a place is not shown. */
  places: ReadonlyMap<string, Placed>;
  isReady: boolean;
  problem: string | null;
}

const NOTHING: ReadonlyMap<string, Placed> = new Map();

/** Returns the layout. It changes only when boxes come or go, so a task's progress never moves its box. */
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
        const problem = "This browser could not draw the graph. Open the outline, which shows the same tasks.";
        if (!isGone) setLayout((now) => ({ ...now, isReady: true, problem }));
      },
    );
    return () => {
      isGone = true;
    };
  }, [structure]);
  return layout;
}
