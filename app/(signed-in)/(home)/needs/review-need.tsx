"use client";

import Link from "next/link";
import { actText } from "@/components/reviews/act";
import { REVIEW_ICONS, REVIEW_WORDS } from "@/components/reviews/words";
import { lazily } from "@/components/ui/page/lazily";
import { Separator } from "@/components/ui/parts";
import { Elapsed } from "@/components/ui/time";
import type { Review, Tree } from "@/core/shapes/shapes";
import { NeedFrame, type Unfolds } from "./need-frame";
import type { NeedProps } from "./need-props";

/** Its forms load with the first item that is open. The server renders the item, so nobody waits for them. */
const Need = lazily(() => import("./need").then((file) => file.Need));
const QuestionNeed = lazily(() => import("./question-need").then((file) => file.QuestionNeed));

interface ReviewNeedProps extends NeedProps, Unfolds {
  tree: Tree | undefined;
}

/** An open review with its actions. Its page under Review adds the diff and the consequences of each decision. */
export function ReviewNeed({ review, tree, failure, ...unfolds }: ReviewNeedProps) {
  const Opened = review.kind === "question" && !review.evidence ? QuestionNeed : Need;
  const kind = REVIEW_WORDS[review.kind];
  return (
    <NeedFrame
      {...unfolds}
      data-review={review.id}
      aria-label={actText(review.act)}
      icon={REVIEW_ICONS[review.kind]}
      look="you"
      kind={kind}
      title={actText(review.act)}
      about={aboutOf(review, tree)}
      place={
        <span className="min-w-0 truncate text-ink-3 text-small phone:flex-1 phone:leading-5">
          <Link href={`/trees/${review.tree_id}?task=${review.task_id}`} prefetch={false}>
            {tree?.title ?? "Open the task"}
          </Link>
        </span>
      }
      age={<Elapsed since={review.created_at} until={null} />}
      details={
        <>
          <Link className="link" href={`/review?item=${review.id}`} prefetch={false}>
            Details
          </Link>
          <Separator />
        </>
      }
    >
      <Opened review={review} failure={failure} />
    </NeedFrame>
  );
}

/** The kind, the tree, and what can do harm. */
function aboutOf({ risk, kind }: Review, tree: Tree | undefined): string {
  const place = [REVIEW_WORDS[kind], tree?.title].filter(Boolean).join(" · ");
  const isHarmful = risk.level === "High" || risk.level === "Medium";
  return isHarmful ? `${place}. ${risk.level} risk: ${risk.says}.` : place;
}
