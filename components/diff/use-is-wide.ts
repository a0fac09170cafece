"use client";

import { type RefObject, useLayoutEffect, useState } from "react";

/** Two columns of code, each as wide as most lines are. */
const WIDE_PX = 960;

/** Whether there is room for two versions beside each other: of the box, not of the window. */
export function useIsWide(box: RefObject<HTMLElement | null>): boolean {
  const [isWide, setWide] = useState(false);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = () => setWide(element.clientWidth >= WIDE_PX);
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
  return isWide;
}
