"use client";

import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

/** How far from the end still counts as being at the end, in pixels. */
const NEAR_PX = 24;

/**
 * Keeps the end of a live text in sight, but only for somebody who is at the end already. `length` grows with the text;
 * until it is `ready` the text is only being read, and its arrival moves nothing.
 */
export function useFollowEnd(scroller: RefObject<HTMLDivElement | null>, length: number, ready: boolean) {
  const [atEnd, setAtEnd] = useState(false);
  const following = useRef(false);

  const look = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    const near = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
    following.current = near && ready;
    setAtEnd(near);
  }, [scroller, ready]);

  const seen = useRef(length);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element && following.current && length !== seen.current) element.scrollTop = element.scrollHeight;
    seen.current = length;
    look();
  }, [scroller, length, look]);

  useEffect(() => {
    const element = scroller.current;
    element?.addEventListener("scroll", look, { passive: true });
    return () => element?.removeEventListener("scroll", look);
  }, [scroller, look]);

  const goToEnd = useCallback(() => {
    const element = scroller.current;
    if (element) element.scrollTop = element.scrollHeight;
  }, [scroller]);
  return { atEnd, goToEnd };
}
