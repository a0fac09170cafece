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
 * log when the task ends or asks a person sees the top of the pane; a reader in the middle of the log stays there. When the task goes on,
 * its log opens at the end.
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
    else if (!isOpen && scroller.current) scroller.current.scrollTop = 0;
  }, [over, isOpen, goToEnd, scroller]);

  const lastAsks = useRef(asks);
  useLayoutEffect(() => {
    // A reader who follows the end sees the question; one in the middle of the log stays there.
    if (asks && !lastAsks.current && atEnd && scroller.current) scroller.current.scrollTop = 0;
    lastAsks.current = asks;
  }, [asks, atEnd, scroller]);

  const showTop = useCallback(() => scroller.current?.scrollTo({ top: 0 }), [scroller]);
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
