"use client";

import { type RefObject, useLayoutEffect, useState } from "react";

/** Room for two columns of code. */
const WIDE_PX = 960;

/** Returns whether the box, not the window, is wide enough for two versions side by side. */
export function useIsWide(box: RefObject<HTMLElement | null>): boolean {
  const [isWide, setWide] = useState(false);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => setWide(element.clientWidth >= WIDE_PX);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
  return isWide;
}
