import type { ReactNode } from "react";
import { TimedText } from "@/components/ui/timed-text";
import type { ReviewItem } from "@/core/shapes/review";
import type { Review } from "@/core/shapes/shapes";
import { plural } from "@/core/words/figures";

const HEADS: Record<Review["kind"], [yes: string, no: string]> = {
  question: ["If you answer", "If nobody answers"],
  approval: ["If you approve", "If you reject"],
  proposal: ["If you approve", "If you reject"],
  change: ["If you approve", "If you reject"],
  flag: ["If you deal with it", "If it is no problem"],
};

interface OutcomesProps {
  item: ReviewItem;
  /** The number of items that are decided. */
  count: number;
  /** Whether alike items are decided together. */
  isSeveral: boolean;
}

function severalWords(kind: Review["kind"], count: number): [yes: string, no: string] {
  if (kind === "flag")
    return [`Closes ${plural(count, "flag")} as dealt with.`, `Closes ${plural(count, "flag")} as no problem.`];
  const calls = count === 1 ? "The chosen call runs" : `Each of the ${count} chosen calls runs`;
  return [
    `${calls} once, exactly as shown, and its agent continues with the result. Any other call asks again.`,
    "None of the chosen calls runs. Their agents read your reason and continue without the result.",
  ];
}

/** What happens then, side by side. A question cannot be rejected, but nobody may answer it. */
export function Outcomes({ item: { review, follows }, count, isSeveral }: OutcomesProps) {
  const [yes, no] = HEADS[review.kind];
  // Its task waits for the answer and reads it: that needs no words.
  if (review.kind === "question" && review.if_ignored === null) return null;
  const several = isSeveral ? severalWords(review.kind, count) : null;
  return (
    <dl
      className="mt-4 grid grid-cols-2 rounded-control border border-line phone:grid-cols-1 [&>div+div]:border-line [&>div+div]:border-l phone:[&>div+div]:border-t phone:[&>div+div]:border-l-0"
      data-testid="outcomes"
    >
      <Outcome head={yes}>{several?.[0] ?? follows.approve}</Outcome>
      <Outcome head={no}>
        {review.kind === "question" ? <TimedText text={follows.ignored} /> : (several?.[1] ?? follows.reject)}
      </Outcome>
    </dl>
  );
}

function Outcome({ head, children }: { head: string; children: ReactNode }) {
  return (
    <div className="min-w-0 px-4 pt-2.5 pb-3">
      <dt className="font-medium text-ink-3 text-small/5">{head}</dt>
      <dd className="wrap-anywhere text-body">{children}</dd>
    </div>
  );
}
