import { settledWords } from "@/components/reviews/words";
import { Button } from "@/components/ui/parts";
import type { Review } from "@/core/shapes/shapes";
import { DecisionBar } from "./bar-parts";

interface SettledBarProps {
  review: Review;
  /** The outcome of the decision that this page made; null: it made none. */
  outcome: string | null;
  me: string;
  canUndo: boolean;
  undo: () => void;
}

/** Bar of an item that is already decided, on this page or elsewhere. It offers no second decision. */
export function SettledBar({ review, outcome, me, canUndo, undo }: SettledBarProps) {
  const known = review.status === "open" ? "Already settled." : settledWords(review, me);
  return (
    <DecisionBar name="decide">
      <p className="min-w-0 flex-auto text-ink-2" role="status">
        {outcome ?? known}
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
