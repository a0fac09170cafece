"use client";

import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import type { OutlineRow } from "@/components/feed/outline";
import { areKeysOn, isSingleKey } from "@/components/ui/hooks/single-keys";

interface TreeKeys {
  rows: OutlineRow[];
  openId: string | null;
  select: (id: string | null, how?: "push" | "replace") => void;
  toggle: (id: string, expanded: boolean) => void;
}

/** Handles the keys of the tree page. Each key has a visible button or row that does the same. */
export function useTreeKeys(keys: TreeKeys): void {
  const current = useRef(keys);
  /** The result that Enter asked for is not shown yet. */
  const awaitsResult = useRef(false);
  /** Looks for the field that a key asked for, which is not shown yet. */
  const field = useRef<MutationObserver>(null);
  // A layout effect, so that a key pressed right after a change acts on what the screen shows.
  useLayoutEffect(() => {
    current.current = keys;
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!isSingleKey(event)) return;
      const isLetter = event.key.length === 1;
      if (isLetter && !areKeysOn()) return;
      field.current?.disconnect();
      if (handleKey(event, current.current, awaitsResult, field)) event.preventDefault();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => {
      document.removeEventListener("keydown", onKeyDown);
      field.current?.disconnect();
    };
  }, []);
  useEffect(() => {
    if (awaitsResult.current) awaitsResult.current = !focusResult();
  });
}

/** Brings the result of the open task before the reader. Returns false while the view does not show it. */
function focusResult(): boolean {
  const result = document.querySelector<HTMLElement>("[data-result]");
  result?.focus({ preventScroll: true });
  result?.scrollIntoView({ block: "start" });
  return result !== null;
}

function handleKey(
  event: KeyboardEvent,
  keys: TreeKeys,
  awaitsResult: RefObject<boolean>,
  field: RefObject<MutationObserver | null>,
): boolean {
  const { rows, openId, select, toggle } = keys;
  // A result that comes after another key must not take the focus.
  awaitsResult.current = false;
  const at = rows.findIndex((row) => row.task.id === openId);
  const row = rows[at];
  // Buttons and links keep their own Enter.
  const isOnControl = event.target instanceof Element && event.target.closest("button, a, summary") !== null;
  switch (event.key) {
    case "j":
    case "ArrowDown":
      return selectRow(rows[at + 1], select);
    case "k":
    case "ArrowUp":
      return selectRow(rows[Math.max(0, at - 1)], select);
    case "ArrowRight":
      if (row?.expanded === false) toggle(row.task.id, true);
      else if (row?.expanded) selectRow(rows[at + 1], select);
      return row !== undefined;
    case "ArrowLeft":
      if (row?.expanded) toggle(row.task.id, false);
      else if (row)
        selectRow(
          rows.findLast((one, index) => index < at && one.level < row.level),
          select,
        );
      return row !== undefined;
    case "Enter":
      if (!row || isOnControl) return false;
      select(row.task.id);
      if (row.task.status === "succeeded") awaitsResult.current = !focusResult();
      return true;
    case "Escape":
      select(null);
      return true;
    case "n":
      return selectRow(nextProblem(rows, at), select);
    case "/":
      return isIn(event, "[data-log-scroller]") ? press("[data-open-find]") : focusOn("[data-find]");
    case "s":
      return focusOn("[data-steer]") || focusLater("[data-steer]", field);
    case "a":
      // A decision that waits for its evidence to be seen has its own key, as in Review.
      return event.repeat || press('[data-review] [data-key="a"]') || focusOn("[data-answer]");
    case "f":
      return (
        event.repeat ||
        press(":is([data-seq], [data-said]):focus-within [data-fork]") ||
        press(":is([data-seq], [data-said]):hover [data-fork]") ||
        press('[data-key="f"]')
      );
    case "p":
    case "m":
    case ".":
    case ">":
    case "r":
    case "x":
      // A key that is held would pay for a step after each answer.
      return event.repeat || press(`[data-key="${event.key}"]`);
    case "G":
    case "F":
    case "0":
    case "+":
    case "-":
      return press(`[data-key="${event.key}"]`);
    default:
      return /^[1-9]$/.test(event.key) && (event.repeat || pressOffer(Number(event.key)));
  }
}

/** Sends an offered answer of the first question, if it is in view: nobody answers what they do not see. */
function pressOffer(nth: number): boolean {
  const question = [...document.querySelectorAll("[data-review]")].find((one) => one.querySelector("[data-offer]"));
  const offer = question?.querySelectorAll<HTMLElement>("[data-offer]")[nth - 1];
  if (!offer) return false;
  const { top, bottom } = offer.getBoundingClientRect();
  const view = offer.closest("[data-log-scroller]")?.getBoundingClientRect();
  if (view && (bottom < view.top || top > view.bottom)) offer.scrollIntoView({ block: "center" });
  else offer.click();
  return true;
}

/** Focuses the field as soon as it is there, unless another key comes first: the code of a view may still be loading. */
function focusLater(selector: string, field: RefObject<MutationObserver | null>): true {
  field.current = new MutationObserver((_, observer) => {
    if (focusOn(selector)) observer.disconnect();
  });
  field.current.observe(document.body, { childList: true, subtree: true });
  return true;
}

function isIn({ target }: KeyboardEvent, selector: string): boolean {
  return target instanceof Element && target.closest(selector) !== null;
}

function selectRow(row: OutlineRow | undefined, select: TreeKeys["select"]): boolean {
  if (!row) return false;
  select(row.task.id, "replace");
  return true;
}

function nextProblem(rows: OutlineRow[], at: number): OutlineRow | undefined {
  const isProblem = ({ status }: OutlineRow) => status === "failed" || status === "you";
  return rows.find((row, index) => index > at && isProblem(row)) ?? rows.find(isProblem);
}

function focusOn(selector: string): boolean {
  const field = document.querySelector<HTMLElement>(selector);
  field?.focus();
  return field !== null;
}

function press(selector: string): boolean {
  const button = document.querySelector<HTMLButtonElement>(selector);
  // A dialog that the button opens returns the focus to it, unless an element such as an entry has it.
  if (document.activeElement === document.body) button?.focus({ preventScroll: true });
  button?.click();
  return button !== null;
}
