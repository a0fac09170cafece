"use client";

import type { Review } from "@/core/shapes/shapes";
import type { Decision } from "./held-decisions";
import { heldDecisions } from "./use-held-decisions";

type Item = Pick<Review, "id" | "kind" | "task_id">;

export interface Deciding {
  approve: (items: readonly Item[], extra?: { edited?: Record<string, string> }) => void;
  reject: (items: readonly Item[], reason: string) => void;
  answer: (item: Item, text: string) => void;
  /** `said`: what was changed, for the agent. */
  approveChanged: (item: Item, input: string, said?: string) => void;
}

const FLAG_WORDS: Record<string, string> = { approve: "Dealt with", reject: "No problem" };

/** Returns the decisions of this user. A decision can be undone for a few seconds, before it is sent. */
export function decidingBy(by: string): Deciding {
  const hold = (items: readonly Item[], verb: string, words: string, body: Decision["body"]) => {
    const wordsOf = ({ kind }: Item) => (kind === "flag" ? (FLAG_WORDS[verb] ?? words) : words);
    heldDecisions().hold(
      items.map((item) => ({
        id: item.id,
        task: item.task_id,
        path: `reviews/${item.id}/${verb}`,
        body,
        words: wordsOf(item),
        by,
      })),
    );
  };
  return {
    approve: (items, { edited } = {}) =>
      hold(items, "approve", edited ? "Approved as edited" : "Approved", edited ? { edited } : {}),
    reject: (items, reason) => hold(items, "reject", "Rejected", { reason }),
    answer: (item, text) => hold([item], "answer", "Answered", { text }),
    approveChanged: (item, input, said) =>
      hold([item], "approve-changed", said ? "Approved with your change" : "Approved with changed arguments", {
        arguments: input,
        ...(said && { reason: said }),
      }),
  };
}
