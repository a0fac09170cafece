"use client";

import { type RefObject, useCallback, useLayoutEffect, useMemo, useRef, useState } from "react";

interface LogFoldOptions {
  /** The task has ended. */
  over: boolean;
  /** A person is asked something, which stands at the top of the pane. */
  asks: boolean;
  /** The message that a link or a jump led to. */
  target: number | null;
  /** The reader is at the end of the log. */
  atEnd: boolean;
  goToEnd: () => void;
  scroller: RefObject<HTMLDivElement | null>;
}

/**
 * Folds the log of an ended task, so that its result or its failure stays in view. A reader who follows the end of the
 * log when the task ends or asks a person sees the top of the pane; a reader in the middle of the log stays there. When
 * the task continues, its log opens at the end.
 */
export function useLogFold({ over, asks, target, atEnd, goToEnd, scroller }: LogFoldOptions) {
  const [chosen, setChosen] = useState<boolean | null>(null);
  const [was, setWas] = useState(over);
  if (was !== over) {
    setWas(over);
    setChosen(over && !atEnd ? true : null);
  }
  const isOpen = chosen ?? (!over || target !== null);

  const lastOver = useRef(over);
  useLayoutEffect(() => {
    if (lastOver.current === over) return;
    lastOver.current = over;
    if (!over) goToEnd();
    else if (!isOpen) showTopOf(scroller.current);
  }, [over, isOpen, goToEnd, scroller]);

  const lastAsks = useRef(asks);
  useLayoutEffect(() => {
    // A reader who follows the end sees the question from its heading on; one in the middle of the log stays there.
    if (asks && !lastAsks.current && atEnd) showStartOf(scroller.current, "[data-review]");
    lastAsks.current = asks;
  }, [asks, atEnd, scroller]);

  const showTop = useCallback(() => showTopOf(scroller.current), [scroller]);
  const open = useCallback(() => setChosen(true), []);
  const close = useCallback(() => setChosen(false), []);
  const openAtEnd = useCallback(() => {
    setChosen(true);
    goToEnd();
  }, [goToEnd]);
  return useMemo(
    () => ({ isOpen, open, close, showTop, goToEnd: openAtEnd }),
    [isOpen, open, close, showTop, openAtEnd],
  );
}

/** Shows the result of the task: the beginning of the pane, or of the newest exchange of a conversation. */
export function showTopOf(scroller: HTMLElement | null): void {
  showStartOf(scroller, "[data-newest]");
}

/** Scrolls to the beginning of the first such element; without one, to the beginning of everything. */
function showStartOf(scroller: HTMLElement | null, selector: string): void {
  if (!scroller) return;
  const found = scroller.querySelector<HTMLElement>(selector);
  if (found) scroller.scrollTop += found.getBoundingClientRect().top - scroller.getBoundingClientRect().top - 12;
  else scroller.scrollTop = 0;
}
