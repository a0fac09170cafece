"use client";

import Link from "next/link";
import { type MouseEvent, useRef, useState } from "react";
import { buttonLook } from "@/components/ui/button-look";
import { Button } from "@/components/ui/parts";
import type { Review } from "@/core/shapes/shapes";
import { isAskOfCall } from "@/core/words/asks";
import { ActionRow } from "./action-row";
import type { Deciding } from "./deciding";
import { ReasonForm } from "./reason-form";

interface ApprovalActionsProps {
  review: Review;
  deciding: Deciding;
}

/** Actions of the one call that is shown. Decisions on several calls, and rules, list these calls first: in Review. */
export function ApprovalActions({ review, deciding }: ApprovalActionsProps) {
  const [isRejecting, setRejecting] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  function close(): void {
    setRejecting(false);
    opener.current?.focus();
  }
  // The second click of a double click would meet the item that has just taken this one's place.
  const approve = ({ detail }: MouseEvent) => (detail > 1 ? undefined : deciding.approve([review]));
  return (
    <>
      <ActionRow>
        <Button icon="approval" data-answer onClick={approve}>
          Approve
        </Button>
        <Button ref={opener} aria-expanded={isRejecting} onClick={() => setRejecting(!isRejecting)}>
          Reject…
        </Button>
        <Link className={buttonLook("quiet")} href={`/review?item=${review.id}`} prefetch={false}>
          {otherWords(review)}
        </Link>
      </ActionRow>
      {isRejecting ? (
        <ReasonForm reviewId={review.id} close={close} send={(reason) => deciding.reject([review], reason)} />
      ) : null}
    </>
  );
}

/** What else can be decided of a call, in Review. */
export function otherWords(review: Review): string {
  if (review.alike > 1) return `All ${review.alike} alike, or a rule`;
  return isAskOfCall(review) ? "Make a rule" : "Edit it, or make a rule";
}
