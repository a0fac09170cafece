"use client";

import { type RefObject, useLayoutEffect } from "react";

/** Makes a box a tab stop while its content overflows, so that the arrow keys can scroll it. */
export function useScrollStop(box: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = () => {
      const { scrollWidth, clientWidth, scrollHeight, clientHeight } = element;
      if (scrollWidth > clientWidth || scrollHeight > clientHeight) element.tabIndex = 0;
      else element.removeAttribute("tabindex");
    };
    const sizes = new ResizeObserver(look);
    const watch = () => {
      sizes.disconnect();
      for (const one of [element, ...element.children]) sizes.observe(one);
    };
    watch();
    // At once, because the observer's first report comes with the next frame.
    look();
    // A diff replaces its table when the window becomes narrow.
    const children = new MutationObserver(watch);
    children.observe(element, { childList: true });
    return () => {
      sizes.disconnect();
      children.disconnect();
    };
  }, [box]);
}
