"use client";

import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

/** How far from the end still counts as being at the end, in pixels. */
const NEAR_PX = 24;

/**
 * Keeps the end of a live text in sight, but only for somebody who is at the end already. `length` grows with the text.
 */
export function useFollowEnd(scroller: RefObject<HTMLDivElement | null>, length: number) {
  const [atEnd, setAtEnd] = useState(false);
  const following = useRef(false);

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const look = () => {
      const near = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
      following.current = near && element.scrollHeight > element.clientHeight;
      setAtEnd(near);
    };
    look();
    element.addEventListener("scroll", look, { passive: true });
    return () => element.removeEventListener("scroll", look);
  }, [scroller]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when the text grew.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element && following.current) element.scrollTop = element.scrollHeight;
  }, [length, scroller]);

  const goToEnd = useCallback(() => {
    const element = scroller.current;
    if (element) element.scrollTop = element.scrollHeight;
  }, [scroller]);
  return { atEnd, goToEnd };
}
