"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import { type ApprovalRule, isEnded, type Review } from "@/agents/core/shapes";
import { type ListStart, useListFeed } from "@/components/feed/use-list-feed";
import { Needs } from "../needs";
import { Decided } from "./decided";
import { Rules } from "./rules";

interface ReviewViewProps {
  start: ListStart;
  rules: ApprovalRule[];
  decided: Review[];
}

/** Everything that waits for a person, the rules that decide without one, and what was decided. */
export function ReviewView({ start, rules, decided }: ReviewViewProps) {
  const { trees, reviews, status } = useListFeed(start);
  useFreshRules(reviews);
  const running = [...trees.values()].filter((tree) => !isEnded(tree.status)).length;
  return (
    <main className="main" id="main">
      <header className="bar">
        <h1>Review</h1>
      </header>
      <div className="page narrow">
        <Needs reviews={reviews} trees={trees} running={running} total={status.openReviews} isReview />
        <Rules rules={rules} decided={decided} />
        <Decided reviews={decided} />
      </div>
    </main>
  );
}

/** A decision, here or by somebody else, changes the rules and what was decided; the page reads them again. */
function useFreshRules(reviews: Review[]): void {
  const router = useRouter();
  const open = reviews.map((review) => review.id).join(" ");
  const seen = useRef(open);
  useEffect(() => {
    if (seen.current === open) return;
    seen.current = open;
    router.refresh();
  }, [open, router]);
}
