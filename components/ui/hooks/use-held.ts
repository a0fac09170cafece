"use client";

import { type FocusEvent, type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { usePointerWithin } from "./use-pointer-within";

interface Held<Value> {
  shown: Value;
  /** A newer value exists than the shown one. */
  isBehind: boolean;
  /** Shows the newest value now. */
  release: () => void;
  /** Props for the element in which nothing may move by itself. */
  hold: {
    ref: RefObject<HTMLDivElement | null>;
    onFocus: (event: FocusEvent) => void;
    onBlur: (event: FocusEvent) => void;
  };
}

/** Returns a value that stays the same while the pointer or the focus is in an element, so that nothing moves there. */
export function useHeld<Value>(newest: Value, isSame: (one: Value, other: Value) => boolean): Held<Value> {
  const [held, setHeld] = useState<Value | null>(null);
  const within = useRef({ pointer: false, focus: false });
  const box = useRef<HTMLDivElement>(null);
  const shown = held ?? newest;
  const latest = useRef(newest);
  useEffect(() => {
    latest.current = newest;
  });

  const set = useCallback((change: Partial<{ pointer: boolean; focus: boolean }>) => {
    Object.assign(within.current, change);
    const { pointer, focus } = within.current;
    setHeld((before) => (pointer || focus ? (before ?? latest.current) : null));
  }, []);
  usePointerWithin(
    box,
    useCallback((pointer: boolean) => set({ pointer }), [set]),
  );
  // An element that is removed or disabled fires no blur event, so watch where the focus goes next.
  useEffect(() => {
    const noticeFocus = ({ target }: globalThis.FocusEvent) => {
      if (within.current.focus && !box.current?.contains(target as Node)) set({ focus: false });
    };
    document.addEventListener("focusin", noticeFocus);
    return () => document.removeEventListener("focusin", noticeFocus);
  }, [set]);
  return {
    shown,
    isBehind: !isSame(shown, newest),
    release: () => setHeld((before) => (before === null ? null : newest)),
    hold: {
      ref: box,
      onFocus: () => set({ focus: true }),
      onBlur: (event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) set({ focus: false });
      },
    },
  };
}
