"use client";

import { type RefObject, useCallback, useEffect, useState } from "react";
import { showAddress } from "@/components/refresh/refresh-page";
import type { QueueRow } from "./queue-rows";

export interface Current {
  /** Id of the selected item; null: none. */
  current: string | null;
  row: QueueRow | null;
  /** On a phone, the item is shown instead of the list. */
  isOpen: boolean;
  choose: (id: string, how?: "push" | "replace") => void;
  move: (by: number) => void;
  back: () => void;
}

/** Returns the selected item. It is state that is copied to the URL, so that the next key acts on it immediately. */
export function useCurrent(
  rows: readonly QueueRow[],
  wanted: string | null,
  heading: RefObject<HTMLElement | null>,
): Current {
  const [chosen, setChosen] = useState<string | null>(wanted);
  const [isOpen, setOpen] = useState(wanted !== null);
  const row = rows.find((one) => one.items.some((review) => review.id === chosen)) ?? null;
  // Without a selection, the first item is shown. A selected item that has left the list stays readable.
  const current = chosen ?? rows[0]?.id ?? null;

  useEffect(() => {
    const onBack = () => {
      const named = new URLSearchParams(window.location.search).get("item");
      setOpen(named !== null);
      if (named) setChosen(named);
    };
    window.addEventListener("popstate", onBack);
    return () => window.removeEventListener("popstate", onBack);
  }, []);

  const choose = useCallback(
    (id: string, how: "push" | "replace" = "push") => {
      setChosen(id);
      const isPhone = window.matchMedia("(max-width: 720px)").matches;
      // "replace" moves on after a decision: on a phone it must not open an item over the list.
      if (how === "push") setOpen(true);
      const address = `?item=${encodeURIComponent(id)}`;
      showAddress(address, how === "push" && isPhone ? "push" : "replace");
      if (how === "push") requestAnimationFrame(() => heading.current?.focus({ preventScroll: true }));
    },
    [heading],
  );
  const at = rows.findIndex((one) => one.items.some((review) => review.id === current));
  const move = (by: number) => {
    const next = rows[Math.max(0, at + by)];
    if (next && next !== rows[at]) choose(next.id, "replace");
  };
  const back = useCallback(() => {
    setOpen(false);
    showAddress(window.location.pathname);
  }, []);
  return { current, row: row ?? rows[at] ?? null, isOpen, choose, move, back };
}
