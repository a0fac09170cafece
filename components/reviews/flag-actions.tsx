"use client";

import Link from "next/link";
import { buttonLook } from "@/components/ui/button-look";
import { useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import type { Review } from "@/core/shapes/shapes";
import { ActionRow } from "./action-row";
import type { Decide } from "./approval-actions";

interface FlagActionsProps {
  review: Review;
  decide: Decide;
  onDone: (sentence: string) => void;
  /** Where the task's own page shows it, there is nothing to open. */
  linked: boolean;
}

/** A flag stops nothing; it stays before people until one of them says what became of it. */
export function FlagActions({ review, decide, onDone, linked }: FlagActionsProps) {
  const { pending, outcome, run } = useAction();
  const close = (decision: "approved" | "rejected") =>
    run(
      () => decide(review.id, decision, "", false),
      (result) => result.ok && onDone(result.sentence),
    );
  return (
    <>
      <ActionRow>
        <Button disabled={pending} onClick={() => close("approved")}>
          Dealt with
        </Button>
        <Button disabled={pending} onClick={() => close("rejected")}>
          No problem
        </Button>
        {linked ? (
          <Link className={buttonLook()} href={`/trees/${review.tree_id}?task=${review.task_id}`}>
            Open
          </Link>
        ) : null}
      </ActionRow>
      <OutcomeLine outcome={outcome?.ok ? null : outcome} />
    </>
  );
}
