"use client";

import { useEffect } from "react";
import { HeldLine, useUndoKey } from "@/components/reviews/held-line";
import { ReviewActions } from "@/components/reviews/review-actions";
import { ReviewEvidence } from "@/components/reviews/review-evidence";
import { heldDecisions, useShownDecisions } from "@/components/reviews/use-held-decisions";
import { REVIEW_WORDS } from "@/components/reviews/words";
import { Hint } from "@/components/ui/hint";
import { lazily } from "@/components/ui/page/lazily";
import { useRights } from "@/components/ui/rights";
import type { Review } from "@/core/shapes/shapes";
import { useCallChange } from "./call-change";

/** Few tasks ask for a call. */
const AskedApproval = lazily(() => import("./asked-approval").then((file) => file.AskedApproval));

/** The task's open reviews, with their actions for a person who may decide them. */
export function PaneReviews({ task, reviews, reader }: { task: string; reviews: Review[]; reader: string }) {
  const held = useShownDecisions();
  const rights = useRights();
  useUndoKey(() => {});
  useEffect(() => () => heldDecisions().forgetDone(task), [task]);
  const refusalOf = ({ kind }: Review) => (kind === "question" ? rights.answer : rights.decide);
  const open = new Set(reviews.map(({ id }) => id));
  // The outcome stays readable after the item has left the list.
  const settled = [...held.values()].filter((one) => one.task === task && one.state !== "failed" && !open.has(one.id));
  return (
    <>
      {settled.map((decided) => (
        <div className="mt-4" key={decided.id}>
          <HeldLine decided={decided} />
        </div>
      ))}
      {reviews.map((review) => {
        const decided = held.get(review.id);
        return (
          // Keys answer the first question, so only that one prints them.
          <section
            className="not-first:mt-4 [&_[data-act]]:font-semibold [&_[data-act]]:text-[16px]/6 [&_[data-offer]]:min-h-10 [&_[data-offer]]:w-full [&_[data-offer]]:justify-start [&_[data-offer]_kbd]:order-first [&_[data-offer]_kbd]:mr-1 [[data-review]~&_[data-offer]_kbd]:hidden"
            key={review.id}
            aria-label={REVIEW_WORDS[review.kind]}
            data-review={review.id}
          >
            <h3 className="sr-only">{REVIEW_WORDS[review.kind]}</h3>
            {decided && decided.state !== "failed" ? (
              <HeldLine decided={decided} />
            ) : review.kind === "approval" && refusalOf(review) === null ? (
              <AskedApproval review={review} failure={decided?.sentence ?? null} />
            ) : (
              <>
                <Evidence review={review} />
                {refusalOf(review) === null ? (
                  <ReviewActions review={review} reader={reader} failure={decided?.sentence ?? null} />
                ) : (
                  <Hint>{refusalOf(review)}</Hint>
                )}
              </>
            )}
          </section>
        );
      })}
    </>
  );
}

/** The evidence, with the difference of a file where the call changes one. */
function Evidence({ review }: { review: Review }) {
  return <ReviewEvidence review={review} change={useCallChange(review)} />;
}
