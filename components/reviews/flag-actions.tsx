"use client";

import Link from "next/link";
import type { Review } from "@/agents/core/shapes";
import { Button } from "@/components/ui/parts";
import { type Outcome, useAction } from "@/components/ui/use-action";

interface FlagActionsProps {
  review: Review;
  decide: (reviewId: string, decision: string, reason: string) => Promise<Outcome>;
}

/** A flag stops nothing; it stays before people until one of them says what became of it. */
export function FlagActions({ review, decide }: FlagActionsProps) {
  const { pending, outcome, run } = useAction();
  const close = (decision: string) =>
    run(
      () => decide(review.id, decision, ""),
      () => {},
    );
  return (
    <>
      <div className="acts">
        <Button disabled={pending} onClick={() => close("approved")}>
          Dealt with
        </Button>
        <Button disabled={pending} onClick={() => close("rejected")}>
          No problem
        </Button>
        <Link className="btn" href={`/trees/${review.tree_id}?task=${review.task_id}`}>
          Open
        </Link>
      </div>
      <p className={`hint ${outcome && !outcome.ok ? "bad" : ""}`} role="status">
        {outcome?.sentence}
      </p>
    </>
  );
}
