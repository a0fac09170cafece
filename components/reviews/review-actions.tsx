"use client";

import Link from "next/link";
import { buttonLook } from "@/components/ui/button-look";
import { useMe } from "@/components/ui/rights";
import type { Review } from "@/core/shapes/shapes";
import { ActionRow, DecisionFailure } from "./action-row";
import { AnswerBox } from "./answer-box";
import { ApprovalActions } from "./approval-actions";
import { decidingBy } from "./deciding";
import { FlagActions } from "./flag-actions";

interface ReviewActionsProps {
  review: Review;
  /** Who reads the answer. */
  reader: string;
  /** Adds a link to the task, for places outside the task's own page. */
  linked?: boolean;
  /** Why the last try to decide it failed; null: no try failed. */
  failure: string | null;
}

/**
 * The form or buttons that decide a review item outside the review page. A decision can be undone for a few seconds. An
 * item that is not shown here in full has only a link.
 */
export function ReviewActions({ review, reader, linked = false, failure }: ReviewActionsProps) {
  const deciding = decidingBy(useMe());
  // A high risk is decided only where all of its evidence was seen, so not in a list.
  const isForReview = linked && review.kind === "approval" && review.risk.level === "High";
  return (
    <>
      {review.kind === "question" ? (
        <AnswerBox review={review} reader={reader} send={(text) => deciding.answer(review, text)} />
      ) : null}
      {review.kind === "approval" && !isForReview ? <ApprovalActions review={review} deciding={deciding} /> : null}
      {review.kind === "flag" ? <FlagActions review={review} deciding={deciding} linked={linked} /> : null}
      {isForReview ? (
        <ActionRow>
          <Link className={buttonLook()} href={`/review?item=${review.id}`} prefetch={false} data-answer>
            Open
          </Link>
        </ActionRow>
      ) : null}
      {review.kind === "proposal" || review.kind === "change" ? (
        <ActionRow>
          <Link className={buttonLook()} href={`/review?item=${review.id}`} prefetch={false} data-answer>
            See what it changes, and decide
          </Link>
        </ActionRow>
      ) : null}
      <DecisionFailure sentence={failure} />
    </>
  );
}
