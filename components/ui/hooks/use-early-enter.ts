"use client";

import { type KeyboardEvent, type RefObject, useEffect, useRef } from "react";

/**
 * Keeps an Enter that comes before the server's answer, so that it opens what the words find and not an older row. Returns
 * the handler for the capture phase. `list` holds the rows; `isWaiting`: they are not those of the words yet;
 * `wasPressed`: Enter was pressed before the rows were there at all.
 */
export function useEarlyEnter(list: RefObject<HTMLElement | null>, isWaiting: boolean, wasPressed = false) {
  const isKept = useRef(wasPressed);
  useEffect(() => {
    if (isWaiting || !isKept.current) return;
    isKept.current = false;
    list.current?.querySelector<HTMLElement>("[cmdk-item]")?.click();
  }, [isWaiting, list]);
  return (event: KeyboardEvent) => {
    if (event.key !== "Enter") {
      if (event.key.length === 1) isKept.current = false;
      return;
    }
    if (!isWaiting || event.nativeEvent.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    isKept.current = true;
  };
}
