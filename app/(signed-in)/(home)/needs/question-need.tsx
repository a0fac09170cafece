"use client";

import { DecisionFailure } from "@/components/reviews/action-row";
import { AnswerBox } from "@/components/reviews/answer-box";
import { decidingBy } from "@/components/reviews/deciding";
import { IfIgnored, ReviewText } from "@/components/reviews/review-text";
import { useMe } from "@/components/ui/rights";
import { type NeedProps, ReviewNeed } from "./review-need";

/** A question without evidence: most of what a person finds on Home, so it loads without what other items need. */
export function QuestionNeed({ review, tree, failure }: NeedProps) {
  const deciding = decidingBy(useMe());
  return (
    <ReviewNeed
      review={review}
      tree={tree}
      evidence={
        <ReviewText review={review}>
          <IfIgnored review={review} />
        </ReviewText>
      }
      actions={
        <>
          <AnswerBox review={review} reader="the task" send={(text) => deciding.answer(review, text)} />
          <DecisionFailure sentence={failure} />
        </>
      }
    />
  );
}
