"use client";

import { type FocusEvent, type PointerEvent, useRef, useState } from "react";

interface Held<Value> {
  shown: Value;
  /** There is a newer value than the one that is shown. */
  isBehind: boolean;
  /** Shows the newest now. */
  release: () => void;
  /** For the element in which nothing may move by itself. */
  hold: {
    onPointerEnter: (event: PointerEvent) => void;
    onPointerLeave: () => void;
    onFocus: (event: FocusEvent) => void;
    onBlur: (event: FocusEvent) => void;
  };
}

/** Keeps what stands where as it is while a pointer or the focus is within: nothing moves from under either. */
export function useHeld<Value>(newest: Value, isSame: (one: Value, other: Value) => boolean): Held<Value> {
  const [held, setHeld] = useState<Value | null>(null);
  const within = useRef({ pointer: false, focus: false });
  const shown = held ?? newest;

  function set(change: Partial<{ pointer: boolean; focus: boolean }>): void {
    Object.assign(within.current, change);
    const { pointer, focus } = within.current;
    setHeld((before) => (pointer || focus ? (before ?? newest) : null));
  }
  return {
    shown,
    isBehind: !isSame(shown, newest),
    release: () => setHeld((before) => (before === null ? null : newest)),
    hold: {
      // A finger is within only while it touches.
      onPointerEnter: (event) => event.pointerType !== "touch" && set({ pointer: true }),
      onPointerLeave: () => set({ pointer: false }),
      onFocus: () => set({ focus: true }),
      onBlur: (event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) set({ focus: false });
      },
    },
  };
}
