"use client";

import { useEffect } from "react";
import { areKeysOn, isSingleKey } from "./single-keys";

/** Lets `j`, `k` and the arrow keys move through the elements marked `data-row`. Each is a link or contains a link. */
export function useRowKeys(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!isSingleKey(event)) return;
      const row = document.activeElement?.closest<HTMLElement>("[data-row]") ?? null;
      const isArrow = event.key === "ArrowDown" || event.key === "ArrowUp";
      // If no row has the focus, the arrow keys scroll the page.
      if (isArrow ? !row : !areKeysOn()) return;
      const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
      if (step && goTo(row, step)) event.preventDefault();
      else if (row && act(row, event.key)) event.preventDefault();
      else if (event.key === "Enter" && row && row === event.target) row.querySelector<HTMLElement>("a[href]")?.click();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
}

/** Returns true if the row has the key: a digit sends an offered answer, `a` focuses the answer field. */
function act(row: HTMLElement, key: string): boolean {
  if (key === "a") {
    const field = row.querySelector<HTMLElement>("[data-answer]");
    field?.focus();
    return field !== null;
  }
  const offer = /^[1-9]$/.test(key) ? row.querySelectorAll<HTMLElement>("[data-offer]")[Number(key) - 1] : undefined;
  offer?.click();
  return offer !== undefined;
}

function goTo(row: HTMLElement | null, step: number): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-row]")];
  const at = row ? rows.indexOf(row) + step : 0;
  const next = rows[Math.max(0, Math.min(rows.length - 1, at))];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "nearest" });
  return next !== undefined;
}
