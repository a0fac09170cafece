import type { ReviewedCall } from "@/core/shapes/review";
import type { Review } from "@/core/shapes/shapes";
import { CallEvidence } from "./item-call";
import { InstallEvidence } from "./item-installs";
import { PushEvidence } from "./item-push";

interface AskedCallProps {
  review: Review;
  call: ReviewedCall;
  /** The reader can decide it. */
  isOpen: boolean;
}

/** The exact call, and for a reader who can decide it what Banyan finds out elsewhere. */
export function AskedCall({ review, call, isOpen }: AskedCallProps) {
  return (
    <>
      <CallEvidence review={review} call={call} />
      {isOpen
        ? call.asks.map((what) =>
            what === "push" ? (
              <PushEvidence key={what} id={review.id} />
            ) : (
              <InstallEvidence key={what} id={review.id} />
            ),
          )
        : null}
    </>
  );
}
