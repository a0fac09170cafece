import type { ReactNode } from "react";
import { Markdown } from "@/components/text/markdown";
import { Hint } from "@/components/ui/hint";
import { useRights } from "@/components/ui/rights";
import { TimedText } from "@/components/ui/timed-text";
import { withoutOffered } from "@/core/offered-answers";
import type { Review } from "@/core/shapes/shapes";
import { besidesAct } from "@/core/words/acts/besides-act";
import { Act } from "./act";

interface ReviewTextProps {
  review: Review;
  /** What follows the text. */
  children: ReactNode;
}

/** The title and the detail of an item. */
export function ReviewText({ review, children }: ReviewTextProps) {
  const rights = useRights();
  const isAnswered = review.kind === "question" && rights.answer === null;
  const text = besidesAct(review);
  // Those who may answer find the offered answers as buttons below the text.
  const detail = isAnswered ? withoutOffered(text, review.default_answer) : text;
  return (
    <>
      <div className="font-medium text-body" data-act>
        <Act act={review.act} />
      </div>
      {detail ? (
        <div className="mt-0.5 text-ink-2">
          <Markdown text={detail} />
        </div>
      ) : null}
      {children}
    </>
  );
}

/** What happens if nobody answers the question. */
export function IfIgnored({ review }: { review: Review }) {
  if (!review.if_ignored) return null;
  return (
    <Hint>
      If ignored: <TimedText text={review.if_ignored} />
    </Hint>
  );
}
