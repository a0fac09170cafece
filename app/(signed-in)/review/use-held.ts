"use client";

import { useEffect, useSyncExternalStore } from "react";
import { type Held, HeldDecisions, sendDecision } from "@/components/reviews/held-decisions";

/** One for the page: decisions outlive a change of view. */
let decisions: HeldDecisions | undefined;

export function heldDecisions(): HeldDecisions {
  decisions ??= new HeldDecisions({
    send: sendDecision,
    now: Date.now,
    storage: typeof window === "undefined" ? null : window.localStorage,
  });
  return decisions;
}

const NONE: ReadonlyMap<string, Held> = new Map();

/** What is decided and not over yet. Leaving the page, by a link or altogether, sends it at once. */
export function useHeld(by: string): ReadonlyMap<string, Held> {
  useEffect(() => {
    const all = heldDecisions();
    all.sendLost(by);
    const flush = () => all.flush();
    window.addEventListener("pagehide", flush);
    return () => {
      window.removeEventListener("pagehide", flush);
      flush();
    };
  }, [by]);
  return useSyncExternalStore(
    (listener) => heldDecisions().subscribe(listener),
    () => heldDecisions().snapshot(),
    () => NONE,
  );
}
