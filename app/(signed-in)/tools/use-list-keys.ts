"use client";

import { type RefObject, useEffect } from "react";
import { areKeysOn, isSingleKey } from "@/components/ui/hooks/single-keys";

/** Keyboard shortcuts of a list: `/` focuses the search field; `j`, `k` and the arrows move through the rows. */
export function useListKeys(find: RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!isSingleKey(event) || (event.key.length === 1 && !areKeysOn())) return;
      if (handle(event.key, find.current)) event.preventDefault();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [find]);
}

function handle(key: string, find: HTMLInputElement | null): boolean {
  if (key === "/") {
    find?.focus();
    return find !== null;
  }
  const step = key === "j" || key === "ArrowDown" ? 1 : key === "k" || key === "ArrowUp" ? -1 : 0;
  if (step === 0) return false;
  const links = [...document.querySelectorAll<HTMLElement>("[data-row-link]")];
  const at = links.findIndex(
    (link) => link === document.activeElement || link.closest("tr")?.contains(document.activeElement),
  );
  const next = links[at < 0 ? 0 : Math.min(links.length - 1, Math.max(0, at + step))];
  next?.focus();
  return next !== undefined;
}
