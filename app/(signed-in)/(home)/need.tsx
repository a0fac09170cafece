"use client";

import Link from "next/link";
import type { Review, Tree } from "@/agents/core/shapes";
import { ReviewEvidence } from "@/components/reviews/review-evidence";
import { REVIEW_ICONS, REVIEW_WORDS } from "@/components/reviews/words";
import { Icon } from "@/components/ui/icon";
import { useRights } from "@/components/ui/rights";
import { Elapsed } from "@/components/ui/time";
import { ReviewActions } from "../review-actions";

interface NeedProps {
  review: Review;
  tree: Tree | undefined;
  say: (sentence: string) => void;
}

/** What waits for a person, with the answer beside it; with its diff and what follows it stands under Review. */
export function Need({ review, tree, say }: NeedProps) {
  const rights = useRights();
  const refusal = review.kind === "question" ? rights.answer : rights.decide;
  return (
    <li className="need" data-review={review.id} data-row tabIndex={-1} aria-label={REVIEW_WORDS[review.kind]}>
      <Icon name={REVIEW_ICONS[review.kind]} className="g s-you" />
      <div className="min-w-0">
        <div className="top">
          <span className="kind s-you">{REVIEW_WORDS[review.kind]}</span>
          <span className="crumb cut">
            <Link href={`/trees/${review.tree_id}?task=${review.task_id}`} prefetch={false}>
              {tree?.title ?? "Open the task"}
            </Link>
          </span>
          <span className="small faint age">
            <Link className="link" href={`/review?item=${review.id}`} prefetch={false}>
              In full
            </Link>
            <span className="sep" />
            <Elapsed since={review.created_at} until={null} />
          </span>
        </div>
        <ReviewEvidence review={review} />
        {refusal === null ? (
          <ReviewActions review={review} reader="the task" linked onDone={say} />
        ) : (
          <p className="hint">{refusal}</p>
        )}
      </div>
    </li>
  );
}
