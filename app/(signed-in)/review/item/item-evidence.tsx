import Link from "next/link";
import { PatchDiff } from "@/components/diff/patch-diff";
import { EvidenceBox } from "@/components/reviews/evidence-box";
import { LongText } from "@/components/text/long-text";
import { Markdown } from "@/components/text/markdown";
import type { Review } from "@/core/shapes/shapes";
import { besidesAct } from "@/core/words/acts/besides-act";
import { withoutDisguise } from "@/core/words/visible";
import { PartHead } from "./item-parts";

/** The evidence that the agent gave with a flag, a question or a change. */
export function OtherEvidence({ review }: { review: Review }) {
  const { kind, evidence } = review;
  const detail = kind === "question" ? "" : besidesAct(review);
  const isPatch = kind === "change" && evidence?.startsWith("diff --git ") === true;
  return (
    <section aria-label="Evidence">
      <PartHead note="from its agent">{kind === "question" ? "Material" : "Evidence"}</PartHead>
      {detail ? (
        <div className="text-ink-2">
          <Markdown text={detail} />
        </div>
      ) : null}
      {evidence === null ? (
        <p className="text-ink-2">
          The agent gave no evidence. Open{" "}
          <Link className="link" href={`/trees/${review.tree_id}?task=${review.task_id}`}>
            its task
          </Link>
          .
        </p>
      ) : isPatch ? (
        <PatchDiff patch={evidence} />
      ) : (
        <EvidenceBox>
          <LongText isWhole text={withoutDisguise(evidence)} />
        </EvidenceBox>
      )}
    </section>
  );
}
