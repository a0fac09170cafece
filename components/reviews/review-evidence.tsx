import type { ReactNode } from "react";
import { LongText } from "@/components/text/long-text";
import { Hint } from "@/components/ui/hint";
import { TimedText } from "@/components/ui/timed-text";
import type { Review } from "@/core/shapes/shapes";
import { argumentsOf } from "./approval-text";
import { EditLines, editOf } from "./edit-lines";
import { EvidenceBox } from "./evidence-box";
import { IfIgnored, ReviewText } from "./review-text";

interface ReviewEvidenceProps {
  review: Review;
  /** The difference that a call would make to a file, in place of its arguments. */
  change?: ReactNode;
}

/** What a person needs to decide: the question, the evidence, and what happens if nobody decides. */
export function ReviewEvidence({ review, change = null }: ReviewEvidenceProps) {
  return review.kind === "approval" ? (
    <CallEvidence review={review} change={change} />
  ) : (
    <TextEvidence review={review} />
  );
}

function TextEvidence({ review }: { review: Review }) {
  return (
    <ReviewText review={review}>
      {review.evidence ? (
        <EvidenceBox>
          <LongText text={review.evidence} />
        </EvidenceBox>
      ) : null}
      {review.kind === "question" ? <IfIgnored review={review} /> : null}
    </ReviewText>
  );
}

function CallEvidence({ review, change }: ReviewEvidenceProps) {
  const edit = editOf(review);
  return (
    <ReviewText review={review}>
      {change ?? (
        <EvidenceBox>{edit ? <EditLines edit={edit} /> : <LongText text={argumentsOf(review)} />}</EvidenceBox>
      )}
      <Hint>
        {review.if_ignored ? (
          <>
            If ignored: <TimedText text={review.if_ignored} />{" "}
          </>
        ) : null}
        {review.alike > 1
          ? `${review.alike === 2 ? "1 identical call waits" : `${review.alike - 1} identical calls wait`} too. `
          : ""}
        {`${review.risk.level} risk: ${review.risk.says}.`}
      </Hint>
    </ReviewText>
  );
}
