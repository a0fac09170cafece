"use client";

import { type RefObject, useCallback, useEffect, useState } from "react";
import type { QueueRow } from "./queue-rows";

export interface Current {
  /** The chosen item; null: there is none. */
  current: string | null;
  row: QueueRow | null;
  /** On a phone the item stands in place of the list. */
  isOpen: boolean;
  choose: (id: string, how?: "push" | "replace") => void;
  move: (by: number) => void;
  back: () => void;
}

/** The chosen item, which the address names: held here and mirrored there, so that the next key acts on it at once. */
export function useCurrent(
  rows: readonly QueueRow[],
  wanted: string | null,
  heading: RefObject<HTMLElement | null>,
): Current {
  const [chosen, setChosen] = useState<string | null>(wanted);
  const [isOpen, setOpen] = useState(wanted !== null);
  const row = rows.find((one) => one.items.some((review) => review.id === chosen)) ?? null;
  // Without a choice of somebody the most pressing one stands there; one that has left the list stays readable.
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
      // After a decision a phone goes on with the next item only while one is open.
      if (how === "push") setOpen(true);
      const address = `?item=${encodeURIComponent(id)}`;
      if (how === "push" && isPhone) window.history.pushState(null, "", address);
      else window.history.replaceState(null, "", address);
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
    window.history.replaceState(null, "", window.location.pathname);
  }, []);
  return { current, row: row ?? rows[at] ?? null, isOpen, choose, move, back };
}
