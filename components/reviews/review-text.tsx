import type { ReactNode } from "react";
import { Markdown } from "@/components/text/markdown";
import { Hint } from "@/components/ui/hint";
import { TimedText } from "@/components/ui/timed-text";
import type { Review } from "@/core/shapes/shapes";
import { detailOf } from "./words";

interface ReviewTextProps {
  review: Review;
  /** What to say instead of the item's title. */
  title?: ReactNode;
  /** What follows the text. */
  children: ReactNode;
}

/** The title and the detail of an item. */
export function ReviewText({ review, title, children }: ReviewTextProps) {
  const detail = detailOf(review);
  return (
    <>
      <div className="font-medium text-body">{title ?? <Markdown text={review.title} />}</div>
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
