"use client";

import { type Deciding, decidingBy } from "@/components/reviews/deciding";
import { canUndo, type Held } from "@/components/reviews/held-decisions";
import { heldDecisions } from "@/components/reviews/use-held-decisions";

interface Moves {
  me: string;
  held: ReadonlyMap<string, Held>;
  /** Called after a decision on these items. */
  onDecided: (ids: readonly string[]) => void;
  /** Selects the item whose decision was undone. */
  select: (id: string) => void;
}

/** Returns the page's decisions. Each moves on to the next item, and its undo comes back to the item. */
export function useReviewDecisions({ me, held, onDecided, select }: Moves) {
  const plain = decidingBy(me);
  const deciding: Deciding = {
    approve: (items, extra) => {
      plain.approve(items, extra);
      onDecided(items.map(({ id }) => id));
    },
    reject: (items, reason) => {
      plain.reject(items, reason);
      onDecided(items.map(({ id }) => id));
    },
    answer: (item, text) => {
      plain.answer(item, text);
      onDecided([item.id]);
    },
    approveChanged: (item, input, said) => {
      plain.approveChanged(item, input, said);
      onDecided([item.id]);
    },
  };
  function undo(ids?: readonly string[]): void {
    const undone = ids ? ids.flatMap((id) => heldDecisions().undo(id)) : heldDecisions().undo();
    if (undone[0]) select(undone[0]);
  }
  return { deciding, undo, canUndo: [...held.values()].some(canUndo) };
}
