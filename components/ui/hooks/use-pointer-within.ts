"use client";

import { type RefObject, useEffect } from "react";

/**
 * Tells when a pointer that hovers comes into an element and when it is outside again. It looks at what the pointer
 * comes over anywhere on the page: an element that is removed under the pointer is never left. A finger is within
 * only while it touches, so it does not count. `onChange` must be stable.
 */
export function usePointerWithin(box: RefObject<HTMLElement | null>, onChange: (isWithin: boolean) => void): void {
  useEffect(() => {
    let was = false;
    const set = (is: boolean) => {
      if (is === was) return;
      was = is;
      onChange(is);
    };
    const onOver = ({ target, pointerType }: PointerEvent) =>
      set(pointerType !== "touch" && (box.current?.contains(target as Node) ?? false));
    const onLeaveWindow = () => set(false);
    document.addEventListener("pointerover", onOver);
    document.documentElement.addEventListener("pointerleave", onLeaveWindow);
    return () => {
      set(false);
      document.removeEventListener("pointerover", onOver);
      document.documentElement.removeEventListener("pointerleave", onLeaveWindow);
    };
  }, [box, onChange]);
}
