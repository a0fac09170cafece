"use client";

import { ReviewActions } from "@/components/reviews/review-actions";
import { ReviewEvidence } from "@/components/reviews/review-evidence";
import { Deciders } from "./deciders";
import type { NeedProps } from "./need-props";

/** An open review of any kind: what it is about, and what decides it. */
export function Need({ review, failure }: NeedProps) {
  return (
    <>
      <ReviewEvidence review={review} />
      <Deciders kind={review.kind}>
        <ReviewActions review={review} reader="the task" linked failure={failure} />
      </Deciders>
    </>
  );
}
