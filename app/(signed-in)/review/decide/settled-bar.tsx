import type { Held } from "@/components/reviews/held-decisions";
import { settledWords } from "@/components/reviews/words";
import { Button } from "@/components/ui/parts";
import type { Review } from "@/core/shapes/shapes";
import { DecisionBar } from "./bar-parts";

interface SettledBarProps {
  review: Review;
  /** This page's decision on the item. */
  held: Held | undefined;
  me: string;
  canUndo: boolean;
  undo: () => void;
}

/** Bar of an item that is already decided, on this page or elsewhere. It offers no second decision. */
export function SettledBar({ review, held, me, canUndo, undo }: SettledBarProps) {
  const known = review.status === "open" ? "Already settled." : settledWords(review, me);
  const failure = held?.state === "failed" ? held.sentence : null;
  return (
    <DecisionBar name="decide">
      {failure ? (
        <p className="wrap-anywhere flex-[1_0_100%] text-fail text-small" role="alert">
          {failure}
        </p>
      ) : null}
      <p className="min-w-0 flex-auto text-ink-2" role="status">
        {held && failure === null ? held.sentence : known}
        {review.answer ? <span className="wrap-anywhere"> “{review.answer.slice(0, 300)}”</span> : null}
      </p>
      {canUndo ? (
        <Button data-key="z" hint="z" onClick={undo}>
          Undo
        </Button>
      ) : null}
    </DecisionBar>
  );
}
