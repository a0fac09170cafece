"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import { actText } from "@/components/reviews/act";
import { REVIEW_ICONS, REVIEW_WORDS } from "@/components/reviews/words";
import { Hint } from "@/components/ui/hint";
import { Separator } from "@/components/ui/parts";
import { useRights } from "@/components/ui/rights";
import { Elapsed } from "@/components/ui/time";
import type { Review, Tree } from "@/core/shapes/shapes";
import { NeedFrame } from "./need-frame";

export interface NeedProps {
  review: Review;
  tree: Tree | undefined;
  /** Why the last try to decide it failed; null: no try failed. */
  failure: string | null;
}

interface ReviewNeedProps extends Omit<NeedProps, "failure"> {
  evidence: ReactNode;
  /** For a user who may decide it. */
  actions: ReactNode;
}

/** An open review with its actions. Its page under Review adds the diff and the consequences of each decision. */
export function ReviewNeed({ review, tree, evidence, actions }: ReviewNeedProps) {
  const rights = useRights();
  const refusal = review.kind === "question" ? rights.answer : rights.decide;
  return (
    <NeedFrame
      data-review={review.id}
      aria-label={actText(review.act)}
      icon={REVIEW_ICONS[review.kind]}
      look="you"
      kind={REVIEW_WORDS[review.kind]}
      place={
        <span className="min-w-0 truncate text-ink-3 text-small phone:flex-1 phone:leading-5">
          <Link href={`/trees/${review.tree_id}?task=${review.task_id}`} prefetch={false}>
            {tree?.title ?? "Open the task"}
          </Link>
        </span>
      }
      age={
        <>
          <Link className="link" href={`/review?item=${review.id}`} prefetch={false}>
            Details
          </Link>
          <Separator />
          <Elapsed since={review.created_at} until={null} />
        </>
      }
    >
      {evidence}
      {refusal === null ? actions : <Hint>{refusal}</Hint>}
    </NeedFrame>
  );
}
