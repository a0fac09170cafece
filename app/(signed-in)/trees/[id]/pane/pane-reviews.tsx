"use client";

import { ReviewEvidence } from "@/components/reviews/review-evidence";
import { useSaid } from "@/components/reviews/use-said";
import { REVIEW_WORDS } from "@/components/reviews/words";
import { Hint } from "@/components/ui/hint";
import { useRights } from "@/components/ui/rights";
import type { Review } from "@/core/shapes/shapes";
import { ReviewActions } from "../../../review-actions";

/** The task's open reviews, with their actions for a person who may decide them. */
export function PaneReviews({ reviews, reader }: { reviews: Review[]; reader: string }) {
  const { line, say } = useSaid();
  const rights = useRights();
  const refusalOf = ({ kind }: Review) => (kind === "question" ? rights.answer : rights.decide);
  return (
    <>
      {line ? <div className="mt-4">{line}</div> : null}
      {reviews.map((review) => (
        <section className="mt-4" key={review.id} aria-label={REVIEW_WORDS[review.kind]} data-review={review.id}>
          <h3 className="mb-1">{REVIEW_WORDS[review.kind]}</h3>
          <ReviewEvidence review={review} />
          {refusalOf(review) === null ? (
            <ReviewActions review={review} reader={reader} onDone={say} />
          ) : (
            <Hint>{refusalOf(review)}</Hint>
          )}
        </section>
      ))}
    </>
  );
}
