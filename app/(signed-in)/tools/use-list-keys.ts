"use client";

import { useEffect } from "react";
import { areKeysOn, isSingleKey } from "@/components/ui/hooks/single-keys";

/** Keyboard shortcuts of a list: `j`, `k` and the arrows move through the rows. */
export function useListKeys(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!isSingleKey(event) || (event.key.length === 1 && !areKeysOn())) return;
      if (handle(event.key)) event.preventDefault();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
}

function handle(key: string): boolean {
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
