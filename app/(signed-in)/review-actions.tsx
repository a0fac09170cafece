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
  /** Adds a link to the task, for places outside the task's own page. */
  linked?: boolean;
  onDone: (sentence: string) => void;
}

/** The form or buttons that settle a review item, the same on every page that shows it. */
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
