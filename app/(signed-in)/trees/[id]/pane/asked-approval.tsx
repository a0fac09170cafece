"use client";

import Link from "next/link";
import { type MouseEvent, useId, useRef, useState } from "react";
import { Act } from "@/components/reviews/act";
import { ActionRow, DecisionFailure } from "@/components/reviews/action-row";
import { otherWords } from "@/components/reviews/approval-actions";
import { decidingBy } from "@/components/reviews/deciding";
import { ReasonForm } from "@/components/reviews/reason-form";
import { buttonLook } from "@/components/ui/button-look";
import { Hint } from "@/components/ui/hint";
import { MustSeePlace, useMustSee } from "@/components/ui/must-see";
import { Button } from "@/components/ui/parts";
import { useMe } from "@/components/ui/rights";
import type { ReviewItem } from "@/core/shapes/review";
import type { Review } from "@/core/shapes/shapes";
import { AskedCall } from "../../../review/item/asked-call";
import { Outcomes } from "../../../review/item/item-outcomes";
import { RiskLine } from "../../../review/item/risk-line";
import type { Seen } from "../../../review/seen/seen";
import { useSeen } from "../../../review/seen/use-seen";
import { useLoaded } from "../files/use-loaded";

interface AskedApprovalProps {
  review: Review;
  /** Why the last try to decide it failed; null: no try failed. */
  failure: string | null;
}

/** A call that waits for a person. As in Review, nobody decides it before the end of its evidence was on the screen. */
export function AskedApproval({ review, failure }: AskedApprovalProps) {
  const { body: item, problem } = useLoaded(`reviews/${review.id}/item`);
  const { seen, tell, end } = useSeen(useMe(), review.id);
  const refusal = item && (item.may_not.decide ?? item.may_not.approve);
  return (
    <>
      <p className="wrap-anywhere font-semibold text-[16px]/6" data-act>
        <Act act={review.act} />
      </p>
      <RiskLine review={review} />
      <MustSeePlace value={tell}>
        <div className="mt-3 space-y-4 [&_[data-lines]]:max-h-none">
          <Evidence item={item} />
        </div>
      </MustSeePlace>
      {problem ? <Hint isBad>{problem}</Hint> : null}
      <div ref={end} className="h-px" data-end />
      {item ? <Outcomes item={item} count={1} isSeveral={false} /> : null}
      {refusal ? <Hint>{refusal}</Hint> : item ? <Decision review={review} item={item} seen={seen} /> : null}
      <DecisionFailure sentence={failure} />
    </>
  );
}

/** Nothing is seen before it is here. */
function Evidence({ item }: { item: ReviewItem | null }) {
  useMustSee("loading", item !== null);
  return item?.call ? <AskedCall review={item.review} call={item.call} isOpen={item.may_not.decide === null} /> : null;
}

function Decision({ review, item, seen }: { review: Review; item: ReviewItem; seen: Seen }) {
  const deciding = decidingBy(useMe());
  const [isRejecting, setRejecting] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const line = useId();
  const { isAwake } = seen;
  // A high risk has no filled button, and its button says what it does.
  const isHigh = review.risk.level === "High";
  const asleep = isAwake ? {} : ({ "aria-disabled": true, "aria-describedby": line } as const);
  // The second click of a double click would meet the item that has just taken this one's place.
  const approve = ({ detail }: MouseEvent) => (detail > 1 || !isAwake ? undefined : deciding.approve([review]));
  function close(): void {
    setRejecting(false);
    opener.current?.focus();
  }
  return (
    <>
      <ActionRow className="sticky bottom-0 z-1 -mx-4 mt-3! border-line border-t bg-bg px-4 py-2">
        <Button
          look={isHigh ? "danger" : isAwake ? "primary" : "plain"}
          className={isHigh && isAwake ? "border-fail!" : ""}
          hint="a"
          data-key="a"
          data-answer
          {...asleep}
          onClick={approve}
        >
          {isHigh ? `${item.button.verb} ${item.button.object}`.trim() : "Approve"}
        </Button>
        <Button
          ref={opener}
          hint="r"
          data-key="r"
          aria-expanded={isRejecting}
          {...asleep}
          onClick={() => (isAwake ? setRejecting(!isRejecting) : undefined)}
        >
          Reject…
        </Button>
        <Link className={buttonLook("quiet")} href={`/review?item=${review.id}`} prefetch={false}>
          {isHigh ? "Open in Review" : otherWords(review)}
        </Link>
        <p className="ml-auto text-ink-2 text-small" id={line} role="status" data-awake={isAwake || undefined}>
          {seen.sentence}
        </p>
      </ActionRow>
      {isRejecting ? (
        <ReasonForm reviewId={review.id} close={close} send={(reason) => deciding.reject([review], reason)} />
      ) : null}
    </>
  );
}
