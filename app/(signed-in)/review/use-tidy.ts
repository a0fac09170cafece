"use client";

import { useEffect, useState } from "react";
import type { Held } from "@/components/reviews/held-decisions";
import { heldDecisions } from "@/components/reviews/use-held-decisions";
import type { Queue } from "./queue/use-queue";

/** How long the outcome of a decision stays readable. */
const READ_MS = 4_000;

/**
 * Removes settled rows from the list after a while. Returns the function that tells it whether the pointer is over the
 * list: then nothing is removed, so that no row moves under the pointer.
 */
export function useTidy(queue: Queue, held: ReadonlyMap<string, Held>, current: string | null): (on: boolean) => void {
  const [isPointed, setPointed] = useState(false);
  const { rows, gone, drop } = queue;
  useEffect(() => {
    if (isPointed) return;
    const isOver = (id: string) => {
      const state = held.get(id)?.state;
      if (state) return state === "done";
      return gone.has(id) && id !== current;
    };
    const over = rows.map((review) => review.id).filter(isOver);
    if (over.length === 0) return;
    const timer = setTimeout(() => {
      drop(over);
      heldDecisions().forget(over);
    }, READ_MS);
    return () => clearTimeout(timer);
  }, [isPointed, held, gone, rows, current, drop]);
  return setPointed;
}
