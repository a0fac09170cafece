"use client";

import { type RefObject, useEffect } from "react";
import { clearMarks, markFound, showWhole } from "./found-marks";

/** Marks the words of a search in a log while it changes, until the current match is in view and the reader scrolls on. */
export function useFoundMarks(list: RefObject<HTMLElement | null>, query: string, seq: number | null): void {
  useEffect(() => {
    const element = list.current;
    if (!element || !query) return;
    let isSettled = false;
    let isWhole = false;
    let frame = 0;
    const mark = () => {
      frame = 0;
      // Once the match is in view, later changes of the log only move the marks.
      const isShown = markFound({ list: element, query, seq, isShowing: !isSettled });
      if (isSettled || seq === null) return;
      isSettled = isShown;
      // The entry renders its texts only once it is open, which is after the first marking.
      if (!isShown && !isWhole) isWhole = showWhole(element, seq);
    };
    const later = () => {
      frame ||= requestAnimationFrame(mark);
    };
    // Folds tell of their opening by their attribute, and long texts arrive later.
    const observer = new MutationObserver(later);
    observer.observe(element, { subtree: true, childList: true, characterData: true, attributeFilter: ["open"] });
    later();
    return () => {
      observer.disconnect();
      cancelAnimationFrame(frame);
      clearMarks();
    };
  }, [list, query, seq]);
}
