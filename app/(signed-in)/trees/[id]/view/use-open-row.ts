"use client";

import type { Virtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import type { OutlineRow } from "@/components/feed/outline";

/** Returns the index of the open task's row, or -1. Scrolls to the row once, so a reader who scrolls away stays there. */
export function useOpenRow(
  rows: readonly OutlineRow[],
  openId: string | null,
  virtualizer: Virtualizer<HTMLDivElement, Element>,
): number {
  const openIndex = rows.findIndex((row) => row.task.id === openId);
  const shownFor = useRef<string | null>(null);
  useEffect(() => {
    if (openIndex < 0 || shownFor.current === openId) return;
    shownFor.current = openId;
    virtualizer.scrollToIndex(openIndex, { align: "auto" });
  }, [openId, openIndex, virtualizer]);
  return openIndex;
}
