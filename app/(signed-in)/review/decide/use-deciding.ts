"use client";

import type { Decision } from "@/components/reviews/held-decisions";
import type { Deciding } from "./decide-bar";
import { heldDecisions } from "./use-held";

const FLAG_WORDS: Record<string, string> = { approve: "Dealt with", reject: "No problem" };

/** Returns the page's decisions and their undo. A decision can be undone for a few seconds, before it is sent. */
export function useDeciding(by: string, isFlag: (id: string) => boolean, onDecided: () => void) {
  const hold = (ids: readonly string[], verb: string, words: string, body: Decision["body"]) => {
    const wordsOf = (id: string) => (isFlag(id) ? (FLAG_WORDS[verb] ?? words) : words);
    heldDecisions().hold(ids.map((id) => ({ id, path: `reviews/${id}/${verb}`, body, words: wordsOf(id), by })));
    onDecided();
  };
  const deciding: Deciding = {
    approve: (ids, { edited } = {}) =>
      hold(ids, "approve", edited ? "Approved as edited" : "Approved", edited ? { edited } : {}),
    reject: (ids, reason) => hold(ids, "reject", "Rejected", { reason }),
    answer: (id, text) => hold([id], "answer", "Answered", { text }),
    approveChanged: (id, input) =>
      hold([id], "approve-changed", "Approved with changed arguments", { arguments: input }),
  };
  const canUndo = [...heldDecisions().snapshot().values()].some((one) => one.state === "held");
  const undo = (ids?: readonly string[]) => {
    if (!ids) heldDecisions().undo();
    else for (const id of ids) heldDecisions().undo(id);
  };
  return { deciding, canUndo, undo };
}
