"use client";

import { useLayoutEffect, useRef } from "react";
import { areKeysOn } from "@/components/ui/hooks/single-keys";

interface ReviewKeys {
  /** Selects another row; a negative number moves up. */
  move: (by: number) => void;
  back: () => void;
  /** Called when there is nothing to undo. */
  undoLate: () => void;
}

/** Keys that press the button with the same `data-key`, if the page has it. */
const PRESSED = new Set(["a", "r", "e", "c", "q", "n", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);

/** Keys that a person may hold. A held key of any other kind would decide items that nobody has read. */
const HELD = new Set(["j", "k", "ArrowDown", "ArrowUp", " ", "PageDown", "PageUp"]);
const OTHERS = new Set(["Enter", "z", "u"]);

/** Handles the keys of the review page. */
export function useReviewKeys(keys: ReviewKeys): void {
  const current = useRef(keys);
  // A layout effect: after a render, even an immediate key must act on what is on the screen now.
  useLayoutEffect(() => {
    current.current = keys;
  });
  // As soon as the page is there: a key that comes before its effects would be lost.
  useLayoutEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!isFree(event) || (event.key.length === 1 && !areKeysOn())) return;
      if (handleKey(event, current.current)) event.preventDefault();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
}

/** Returns false while the user types or a dialog is open. A checkbox does not count as typing. */
function isFree(event: KeyboardEvent): boolean {
  if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented) return false;
  const target = event.target instanceof Element ? event.target : null;
  return !target?.closest('input:not([type="checkbox"]), textarea, select, [contenteditable], dialog[open]');
}

function handleKey(event: KeyboardEvent, { move, back, undoLate }: ReviewKeys): boolean {
  if (event.repeat && !HELD.has(event.key)) return PRESSED.has(event.key) || OTHERS.has(event.key);
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
    case "Escape":
      back();
      return true;
    // Buttons, links and checkboxes handle Enter and Space themselves.
    case "Enter":
      return !onControl && press("Enter");
    case " ":
      return !onControl && read(event.shiftKey ? -1 : 1);
    case "PageDown":
      return read(1);
    case "PageUp":
      return read(-1);
    case "Home":
      return read(-Number.POSITIVE_INFINITY);
    case "End":
      return read(Number.POSITIVE_INFINITY);
    case "z":
    case "u":
      if (!press("z")) undoLate();
      return true;
    // Handled even without a button, so that "c" never opens a new task on this page.
    default:
      return PRESSED.has(event.key) && (press(event.key) || true);
  }
}

function press(key: string): boolean {
  const button = document.querySelector<HTMLElement>(
    `#main [data-key="${key}"]:not([disabled], [aria-disabled="true"])`,
  );
  button?.click();
  return button !== null;
}

/** A line stays in view, to read on from. */
const PAGE_SHARE = 0.85;

/** Scrolls the evidence by pages, wherever the focus is: a decision waits for its end. */
function read(pages: number): boolean {
  const box = document.querySelector<HTMLElement>("[data-evidence-scroll]");
  if (!box) return false;
  if (Number.isFinite(pages)) box.scrollBy({ top: pages * box.clientHeight * PAGE_SHARE });
  else box.scrollTo({ top: pages > 0 ? box.scrollHeight : 0 });
  return true;
}
