"use client";

import { useMemo } from "react";
import type { Decision } from "@/components/reviews/held-decisions";
import type { Deciding } from "./decide-bar";
import { heldDecisions } from "./use-held";

/** Decisions of the page: each waits a few seconds before it is sent, and can be taken back until then. */
export function useDeciding(by: string, onDecided: () => void) {
  const deciding = useMemo((): Deciding => {
    const hold = (ids: readonly string[], verb: string, words: string, body: Decision["body"]) => {
      heldDecisions().hold(ids.map((id) => ({ id, path: `reviews/${id}/${verb}`, body, words, by })));
      onDecided();
    };
    return {
      approve: (ids, { edited } = {}) =>
        hold(ids, "approve", edited ? "Approved as edited" : "Approved", edited ? { edited } : {}),
      reject: (ids, reason) => hold(ids, "reject", "Rejected", { reason }),
      answer: (id, text) => hold([id], "answer", "Answered", { text }),
      approveChanged: (id, input) =>
        hold([id], "approve-changed", "Approved with other arguments", { arguments: input }),
    };
  }, [by, onDecided]);
  const canUndo = [...heldDecisions().snapshot().values()].some((one) => one.state === "held");
  const undo = (ids?: readonly string[]) => {
    if (!ids) heldDecisions().undo();
    else for (const id of ids) heldDecisions().undo(id);
  };
  return { deciding, canUndo, undo };
}
