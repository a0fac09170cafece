"use client";

import { useEffect, useSyncExternalStore } from "react";
import {
  type Answer,
  type Decision,
  type Held,
  HeldDecisions,
  sendDecision,
} from "@/components/reviews/held-decisions";
import { forgetKeptText } from "@/components/ui/hooks/use-kept-text";

/** One for the page: decisions outlive a change of view. */
let decisions: HeldDecisions | undefined;

export function heldDecisions(): HeldDecisions {
  decisions ??= new HeldDecisions({
    send,
    now: Date.now,
    storage: typeof window === "undefined" ? null : window.localStorage,
  });
  return decisions;
}

const QUOTED_CHARACTERS = 300;

/** What somebody wrote is not lost with a decision that came too late. */
async function send(decision: Decision): Promise<Answer> {
  const answer = await sendDecision(decision);
  const { reason, text } = decision.body;
  if (answer.ok) {
    forgetKeptText(`answer.${decision.id}`, `reject.${decision.id}`, `edit.${decision.id}`);
    return answer;
  }
  const words = String(reason ?? text ?? "").slice(0, QUOTED_CHARACTERS);
  return words ? { ...answer, sentence: `${answer.sentence} What you wrote was not sent: “${words}”` } : answer;
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
