"use client";

import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import type { OutlineRow } from "@/components/feed/outline";

interface AnchoredRows {
  scroller: RefObject<HTMLElement | null>;
  rows: OutlineRow[];
  rowHeight: number;
  openId: string | null;
  /** Height of what scrolls above the first row, in pixels. */
  offset?: number;
}

/**
 * Keeps a row in place on the screen when rows come or go above it: the row under the pointer, else the selected row if
 * it is visible, else the first visible row.
 */
export function useAnchoredRows({ scroller, rows, rowHeight, openId, offset = 0 }: AnchoredRows): void {
  const pointerY = useRef<number | null>(null);
  const before = useRef(rows);

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const onMove = (event: PointerEvent) => {
      pointerY.current = event.pointerType === "mouse" ? event.clientY : null;
    };
    const onLeave = () => {
      pointerY.current = null;
    };
    element.addEventListener("pointermove", onMove, { passive: true });
    element.addEventListener("pointerleave", onLeave, { passive: true });
    return () => {
      element.removeEventListener("pointermove", onMove);
      element.removeEventListener("pointerleave", onLeave);
    };
  }, [scroller]);

  useLayoutEffect(() => {
    const element = scroller.current;
    const old = before.current;
    before.current = rows;
    // Reading the place makes the browser lay the page out at once, so it is read only when a row has come, gone or moved.
    if (!element || isSameOrder(old, rows) || element.scrollTop === 0) return;
    const indexAt = (y: number) => Math.floor((y - offset) / rowHeight);
    const openAt = old.findIndex((row) => row.task.id === openId);
    const top = openAt * rowHeight + offset;
    const isOpenInSight =
      openAt >= 0 && top >= element.scrollTop && top < element.scrollTop + element.clientHeight - rowHeight;
    const pointed =
      pointerY.current === null
        ? -1
        : indexAt(element.scrollTop + pointerY.current - element.getBoundingClientRect().top);
    const at = old[pointed] ? pointed : isOpenInSight ? openAt : indexAt(element.scrollTop + offset);
    const anchor = old[at]?.task.id;
    if (anchor === undefined || rows[at]?.task.id === anchor) return;
    const now = rows.findIndex((row) => row.task.id === anchor);
    if (now >= 0) element.scrollTop += (now - at) * rowHeight;
  }, [rows, rowHeight, openId, offset, scroller]);
}

function isSameOrder(before: readonly OutlineRow[], now: readonly OutlineRow[]): boolean {
  return before.length === now.length && before.every((row, index) => row.task.id === now[index]?.task.id);
}
