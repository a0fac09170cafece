"use client";

import { type RefObject, useCallback, useLayoutEffect, useRef } from "react";
import type { LogEntry } from "@/components/trees/log-entries";

/**
 * What stands in sight stays there when earlier entries come before it. Whoever looks at what stands above the log, when
 * they come by themselves, stays there. `list` is the log, whose first entry changes; `keep` says that they were asked for.
 */
export function useKeptPlace(list: RefObject<HTMLElement | null>, entries: readonly LogEntry[]): () => void {
  const first = useRef(entries[0]?.seq);
  const isAsked = useRef(false);
  useLayoutEffect(() => {
    const before = first.current;
    first.current = entries[0]?.seq;
    if (before === undefined || first.current === undefined || first.current >= before) return;
    const scroller = list.current?.closest<HTMLElement>("[data-log-scroller]");
    // A page may begin in the middle of a turn: then its first entry has become a part of the one that began the turn.
    const at = [...(list.current?.querySelectorAll<HTMLElement>("[data-seq]") ?? [])];
    const firstBefore = at.findLast((one) => Number(one.dataset.seq) <= before);
    if (!list.current || !scroller || !firstBefore) return;
    const top = list.current.getBoundingClientRect().top;
    const isAbove = top < scroller.getBoundingClientRect().top;
    const isWanted = isAbove || isAsked.current;
    isAsked.current = false;
    if (!isWanted) return;
    // It stood where the log began. What comes before it gets its real height only when it comes near.
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
    isAsked.current = true;
  }, []);
}
