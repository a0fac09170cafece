"use client";

import Link from "next/link";
import { answerReview, approveTool, decideReview } from "@/app/actions/reviews";
import { AnswerBox } from "@/components/reviews/answer-box";
import { ApprovalActions } from "@/components/reviews/approval-actions";
import { FlagActions } from "@/components/reviews/flag-actions";
import { ProposalActions } from "@/components/reviews/proposal-actions";
import { buttonLook } from "@/components/ui/button-look";
import type { Review } from "@/core/shapes/shapes";

interface ReviewActionsProps {
  review: Review;
  /** Who reads the answer. */
  reader: string;
  /** A link to the task, where the item does not stand on its page. */
  linked?: boolean;
  onDone: (sentence: string) => void;
}

/** The same answers wherever an item is shown. */
export function ReviewActions({ review, reader, linked = false, onDone }: ReviewActionsProps) {
  switch (review.kind) {
    case "question":
      return <AnswerBox review={review} reader={reader} answer={answerReview} onDone={onDone} />;
    case "approval":
      return <ApprovalActions review={review} decide={decideReview} approveTool={approveTool} onDone={onDone} />;
    case "flag":
      return <FlagActions review={review} decide={decideReview} onDone={onDone} linked={linked} />;
    case "proposal":
      return <ProposalActions review={review} decide={decideReview} onDone={onDone} linked={linked} />;
    default:
      return linked ? (
        <p className="flex flex-wrap items-center gap-2 mt-2">
          <Link className={buttonLook()} href={`/trees/${review.tree_id}?task=${review.task_id}`}>
            Open
          </Link>
        </p>
      ) : null;
  }
}
