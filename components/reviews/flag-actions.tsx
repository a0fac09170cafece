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
  /** Shows a link to the task. False on the task's own page. */
  linked: boolean;
}

/** Actions of a flag. A flag blocks no task, and stays open until a person closes it. */
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
