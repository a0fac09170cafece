import Link from "next/link";
import type { Review } from "@/agents/core/shapes";
import { PatchDiff } from "@/components/diff/patch-diff";
import { detailOf } from "@/components/reviews/words";
import { LongText } from "@/components/text/long-text";
import { Markdown } from "@/components/text/markdown";
import { withoutDisguise } from "@/components/text/visible";

/** Of a flag, a question, a change: what its agent put beside it. */
export function OtherEvidence({ review }: { review: Review }) {
  const { kind, evidence } = review;
  const detail = kind === "question" ? "" : detailOf(review);
  const isPatch = kind === "change" && evidence !== null && /^diff --git /m.test(evidence);
  return (
    <>
      <h3>
        {kind === "question" ? "Beside it" : "Evidence"} <span className="small">as its agent gives it</span>
      </h3>
      {detail ? (
        <div className="dim">
          <Markdown text={detail} />
        </div>
      ) : null}
      {evidence === null ? (
        <p className="dim">
          {kind === "question" ? "The question stands for itself." : "It brought no evidence."} What led to it stands in{" "}
          <Link className="link" href={`/trees/${review.tree_id}?task=${review.task_id}`}>
            its task
          </Link>
          .
        </p>
      ) : isPatch ? (
        <PatchDiff patch={evidence} />
      ) : (
        <div className="evidence">
          <LongText text={withoutDisguise(evidence)} />
        </div>
      )}
    </>
  );
}
