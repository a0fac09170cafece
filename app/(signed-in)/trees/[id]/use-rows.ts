"use client";

import { useEffect, useMemo, useRef } from "react";
import { type OutlineRow, type OutlineView, outlineRows } from "@/components/feed/outline";
import type { Task } from "@/core/shapes/shapes";
import type { FoundInTree } from "@/core/shapes/tree-views";

/** Returns the rows of the tree. A branch that the reader saw unfolded stays unfolded when it ends. */
export function useRows(
  tasks: ReadonlyMap<string, Task>,
  asked: ReadonlySet<string>,
  outline: OutlineView,
  found: ReadonlyMap<string, FoundInTree>,
  unfolded: boolean,
): OutlineRow[] {
  const kept = useRef<Set<string>>(new Set());
  const rows = useMemo(() => {
    const extras = { kept: kept.current, found: new Set(found.keys()), unfolded };
    return outlineRows(tasks.values(), asked, outline, extras);
  }, [tasks, asked, outline, found, unfolded]);
  useEffect(() => {
    if (unfolded) return;
    for (const row of rows) if (row.expanded) kept.current.add(row.task.id);
  }, [rows, unfolded]);
  return rows;
}
