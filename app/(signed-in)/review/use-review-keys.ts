"use client";

import { useEffect, useLayoutEffect, useRef } from "react";
import { areKeysOn } from "@/components/ui/hooks/single-keys";

interface ReviewKeys {
  /** By so many rows down, or up. */
  move: (by: number) => void;
  back: () => void;
  /** There is nothing that could be taken back. */
  undoLate: () => void;
}

/** Keys whose button bears them as `data-key`; each does what its button does, where there is one. */
const PRESSED = new Set(["a", "r", "e", "c", "q", "x", "n", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);

/** The keys of the review page. */
export function useReviewKeys(keys: ReviewKeys): void {
  const current = useRef(keys);
  // With what is on the screen, or a key that is pressed at once would still act on what was there before.
  useLayoutEffect(() => {
    current.current = keys;
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!isFree(event) || (event.key.length === 1 && !areKeysOn())) return;
      if (handleKey(event, current.current)) event.preventDefault();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
}

/** A checked box is no field that somebody types into. */
function isFree(event: KeyboardEvent): boolean {
  if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented) return false;
  const target = event.target instanceof Element ? event.target : null;
  return !target?.closest('input:not([type="checkbox"]), textarea, select, [contenteditable], dialog[open]');
}

function handleKey(event: KeyboardEvent, { move, back, undoLate }: ReviewKeys): boolean {
  const onControl = event.target instanceof Element && event.target.closest("button, a, summary, input") !== null;
  switch (event.key) {
    case "j":
    case "ArrowDown":
      move(1);
      return true;
    case "k":
    case "ArrowUp":
      move(-1);
      return true;
    case "A":
      return press("A");
    case "Escape":
      back();
      return true;
    // Buttons, links and boxes keep their own.
    case "Enter":
      return !onControl && press("Enter");
    case " ":
      return !onControl && press("Space");
    case "z":
    case "u":
      if (!press("z")) undoLate();
      return true;
    // Also without effect they are this page's: "c" where nothing can be commented opens no new task.
    default:
      return PRESSED.has(event.key) && (press(event.key) || true);
  }
}

function press(key: string): boolean {
  const button = document.querySelector<HTMLElement>(`#main [data-key="${key}"]:not([disabled])`);
  button?.click();
  return button !== null;
}
