"use client";

import { DecisionFailure } from "@/components/reviews/action-row";
import { AnswerBox } from "@/components/reviews/answer-box";
import { decidingBy } from "@/components/reviews/deciding";
import { IfIgnored, ReviewText } from "@/components/reviews/review-text";
import { useMe } from "@/components/ui/rights";
import { Deciders } from "./deciders";
import type { NeedProps } from "./need-props";

/** A question without evidence: the most common item on Home, so it loads without the code that other items need. */
export function QuestionNeed({ review, failure }: NeedProps) {
  const deciding = decidingBy(useMe());
  return (
    <>
      <ReviewText review={review}>
        <IfIgnored review={review} />
      </ReviewText>
      <Deciders kind={review.kind}>
        <AnswerBox review={review} reader="the task" send={(text) => deciding.answer(review, text)} />
        <DecisionFailure sentence={failure} />
      </Deciders>
    </>
  );
}
