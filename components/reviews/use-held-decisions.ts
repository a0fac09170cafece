"use client";

import { useEffect, useSyncExternalStore } from "react";
import { forgetKeptText } from "@/components/ui/hooks/use-kept-text";
import { type Answer, type Held, HeldDecisions, keyOf, sendDecision } from "./held-decisions";

/** One instance for the page, so that decisions survive a change of view. */
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

/** Sends a decision. If the server refuses it, the sentence quotes the user's text, so that it is not lost. */
async function send(decision: Held): Promise<Answer> {
  const answer = await sendDecision(decision, keyOf(decision));
  const { reason, text, message } = decision.body;
  if (answer.ok) {
    forgetKeptText(`answer.${decision.id}`, `reject.${decision.id}`, `edit.${decision.id}`);
    return decision.path.endsWith("/retry")
      ? { ...answer, sentence: `${answer.sentence} To end it, stop the task.` }
      : answer;
  }
  const words = String(reason ?? text ?? message ?? "").slice(0, QUOTED_CHARACTERS);
  const { refusal } = answer;
  const isOwn = refusal?.code === "already_decided" && refusal.by === decision.by;
  const sentence = isOwn
    ? `You have already decided this${refusal.status ? `: ${refusal.status}` : ""}.`
    : answer.sentence;
  return { ...answer, sentence: words ? `${sentence} Your text was not sent: “${words}”` : sentence };
}

const NONE: ReadonlyMap<string, Held> = new Map();

/** Holds the decisions of a page. Leaving the page sends them. */
export function useDecisionsOfPage(by: string): void {
  useEffect(() => {
    const all = heldDecisions();
    const leave = all.enter(by);
    const flush = () => all.flush();
    window.addEventListener("pagehide", flush);
    return () => {
      window.removeEventListener("pagehide", flush);
      leave();
    };
  }, [by]);
}

/** Holds the decisions of a page, and returns those that are still held, being sent, or shown. */
export function useHeldDecisions(by: string): ReadonlyMap<string, Held> {
  useDecisionsOfPage(by);
  return useShownDecisions();
}

/** Returns the decisions that the page holds, sends or shows, for a part of it. */
export function useShownDecisions(): ReadonlyMap<string, Held> {
  return useSyncExternalStore(
    (listener) => heldDecisions().subscribe(listener),
    () => heldDecisions().snapshot(),
    () => NONE,
  );
}

/** Returns the decision with this id, if it was made here. */
export function useHeldDecision(id: string): Held | undefined {
  return useSyncExternalStore(
    (listener) => heldDecisions().subscribe(listener),
    () => heldDecisions().snapshot().get(id),
    () => undefined,
  );
}
