"use client";

import { ReviewActions } from "@/components/reviews/review-actions";
import { ReviewEvidence } from "@/components/reviews/review-evidence";
import { type NeedProps, ReviewNeed } from "./review-need";

/** An open review of any kind. */
export function Need({ review, tree, failure }: NeedProps) {
  return (
    <ReviewNeed
      review={review}
      tree={tree}
      evidence={<ReviewEvidence review={review} />}
      actions={<ReviewActions review={review} reader="the task" linked failure={failure} />}
    />
  );
}
