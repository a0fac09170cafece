import type { Review } from "@/agents/core/shapes";
import { LongText } from "@/components/text/long-text";
import { Markdown } from "@/components/text/markdown";
import { TimedText } from "@/components/ui/timed-text";
import { argumentsOf, attentionText, toolOf } from "./approval-text";
import { detailOf } from "./words";

/** What a person needs to decide: the question, what it is about, and what happens when nobody decides. */
export function ReviewEvidence({ review }: { review: Review }) {
  const isCall = review.kind === "approval";
  return (
    <>
      <div className="q question">
        {isCall ? (
          <>
            May it call <code>{toolOf(review)}</code>?
          </>
        ) : (
          <Markdown text={review.title} />
        )}
      </div>
      {detailOf(review) ? (
        <div className="why dim">
          <Markdown text={detailOf(review)} />
        </div>
      ) : null}
      {isCall || review.evidence ? (
        <div className="evidence">
          <LongText text={isCall ? argumentsOf(review) : (review.evidence ?? "")} />
        </div>
      ) : null}
      {isCall ? (
        <p className="hint">
          {review.if_ignored ? (
            <>
              If nobody decides: <TimedText text={review.if_ignored} />{" "}
            </>
          ) : null}
          {review.alike > 1
            ? `${review.alike === 2 ? "One more that is" : `${review.alike - 1} more that are`} equal to it ${review.alike === 2 ? "waits" : "wait"}. `
            : ""}
          {attentionText(review)}
        </p>
      ) : null}
      {review.kind === "question" && review.if_ignored ? (
        <p className="hint">
          If nobody answers: <TimedText text={review.if_ignored} />
        </p>
      ) : null}
    </>
  );
}
