import type { ReactNode } from "react";
import { TimedText } from "@/components/ui/timed-text";
import type { ReviewItem } from "@/core/shapes/review";
import type { Review } from "@/core/shapes/shapes";

const HEADS: Record<Review["kind"], [yes: string, no: string]> = {
  question: ["If you answer", "If nobody answers"],
  approval: ["If you approve", "If you reject"],
  proposal: ["If you approve", "If you reject"],
  change: ["If you approve", "If you reject"],
  flag: ["If you deal with it", "If it is no problem"],
};

/** What happens then, side by side. A question cannot be rejected, but nobody may answer it. */
export function Outcomes({ item: { review, follows } }: { item: ReviewItem }) {
  const [yes, no] = HEADS[review.kind];
  return (
    <dl
      className="mt-4 grid grid-cols-2 rounded-control border border-line phone:grid-cols-1 [&>div+div]:border-line [&>div+div]:border-l phone:[&>div+div]:border-t phone:[&>div+div]:border-l-0"
      data-testid="outcomes"
    >
      <Outcome head={yes}>{follows.approve}</Outcome>
      <Outcome head={no}>{review.kind === "question" ? <TimedText text={follows.ignored} /> : follows.reject}</Outcome>
    </dl>
  );
}

function Outcome({ head, children }: { head: string; children: ReactNode }) {
  return (
    <div className="min-w-0 px-4 pt-2.5 pb-3">
      <dt className="font-medium text-ink-3 text-small/5">{head}</dt>
      <dd className="wrap-anywhere text-body">{children}</dd>
    </div>
  );
}
