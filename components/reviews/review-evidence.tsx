import { LongText } from "@/components/text/long-text";
import { Markdown } from "@/components/text/markdown";
import { withoutDisguise } from "@/components/text/visible";
import { Hint } from "@/components/ui/hint";
import { TimedText } from "@/components/ui/timed-text";
import type { Review } from "@/core/shapes/shapes";
import { isAskOfCall } from "@/core/words/asks";
import { argumentsOf, attentionText, toolOf } from "./approval-text";
import { EditLines, editOf } from "./edit-lines";
import { EvidenceBox } from "./evidence-box";
import { detailOf } from "./words";

/** What a person needs to decide: the question, the evidence, and what happens if nobody decides. */
export function ReviewEvidence({ review }: { review: Review }) {
  const isCall = review.kind === "approval";
  const edit = editOf(review);
  return (
    <>
      <div className="font-medium text-body">
        {isCall ? (
          <>
            {isAskOfCall(review) ? (
              `Allow ${withoutDisguise(review.title)}?`
            ) : (
              <>
                Approve <code>{toolOf(review)}</code>?
              </>
            )}
          </>
        ) : (
          <Markdown text={review.title} />
        )}
      </div>
      {detailOf(review) ? (
        <div className="mt-0.5 text-ink-2">
          <Markdown text={detailOf(review)} />
        </div>
      ) : null}
      {isCall || review.evidence ? (
        <EvidenceBox>
          {edit ? (
            <EditLines edit={edit} />
          ) : (
            <LongText text={isCall ? argumentsOf(review) : (review.evidence ?? "")} />
          )}
        </EvidenceBox>
      ) : null}
      {isCall ? (
        <Hint>
          {review.if_ignored ? (
            <>
              If ignored: <TimedText text={review.if_ignored} />{" "}
            </>
          ) : null}
          {review.alike > 1
            ? `${review.alike === 2 ? "1 identical call waits" : `${review.alike - 1} identical calls wait`} too. `
            : ""}
          {attentionText(review)}
        </Hint>
      ) : null}
      {review.kind === "question" && review.if_ignored ? (
        <Hint>
          If ignored: <TimedText text={review.if_ignored} />
        </Hint>
      ) : null}
    </>
  );
}
