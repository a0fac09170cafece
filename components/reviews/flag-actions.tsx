"use client";

import Link from "next/link";
import { buttonLook } from "@/components/ui/button-look";
import { Button } from "@/components/ui/parts";
import type { Review } from "@/core/shapes/shapes";
import { ActionRow } from "./action-row";
import type { Deciding } from "./deciding";

interface FlagActionsProps {
  review: Review;
  deciding: Deciding;
  /** Shows a link to the task. False on the task's own page. */
  linked: boolean;
}

/** Actions of a flag. A flag blocks no task, and stays open until a person closes it. */
export function FlagActions({ review, deciding, linked }: FlagActionsProps) {
  return (
    <ActionRow>
      <Button data-answer onClick={() => deciding.approve([review])}>
        Dealt with
      </Button>
      <Button onClick={() => deciding.reject([review], "")}>No problem</Button>
      {linked ? (
        <Link className={buttonLook()} href={`/trees/${review.tree_id}?task=${review.task_id}`}>
          Open
        </Link>
      ) : null}
    </ActionRow>
  );
}
