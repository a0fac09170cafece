"use client";

import { type RefObject, useCallback, useLayoutEffect, useRef } from "react";
import type { LogEntry } from "@/components/trees/log-entries";

/**
 * Keeps the visible entries in place when earlier entries load above them. When those load automatically, a reader who
 * looks at the sections above the log stays there instead. `list` is the log, whose first entry changes. Call the
 * returned function when the reader asked for earlier entries.
 */
export function useKeptPlace(list: RefObject<HTMLElement | null>, entries: readonly LogEntry[]): () => void {
  const first = useRef(entries[0]?.seq);
  const isRequested = useRef(false);
  useLayoutEffect(() => {
    const before = first.current;
    first.current = entries[0]?.seq;
    if (before === undefined || first.current === undefined || first.current >= before) return;
    const scroller = list.current?.closest<HTMLElement>("[data-log-scroller]");
    // A page may begin in the middle of a turn. Its first entry has then become part of the entry that began the turn.
    const elements = [...(list.current?.querySelectorAll<HTMLElement>("[data-seq]") ?? [])];
    const firstBefore = elements.findLast((element) => Number(element.dataset.seq) <= before);
    if (!list.current || !scroller || !firstBefore) return;
    const top = list.current.getBoundingClientRect().top;
    const isAbove = top < scroller.getBoundingClientRect().top;
    const isKept = isAbove || isRequested.current;
    isRequested.current = false;
    if (!isKept) return;
    // The entry was at the top of the log. Entries above it get their real height only near the view, so settle again.
    const settle = () => {
      scroller.scrollTop += firstBefore.getBoundingClientRect().top - top;
    };
    settle();
    requestAnimationFrame(() => {
      settle();
      requestAnimationFrame(settle);
    });
  }, [list, entries]);
  return useCallback(() => {
    isRequested.current = true;
  }, []);
}
