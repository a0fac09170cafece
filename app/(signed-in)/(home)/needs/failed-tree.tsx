"use client";

import Link from "next/link";
import { ActionRow, DecisionFailure } from "@/components/reviews/action-row";
import { dismissTree, retryTree } from "@/components/reviews/failure-decisions";
import { listedAddress } from "@/components/trees/listed-address";
import { buttonLook } from "@/components/ui/button-look";
import { Button } from "@/components/ui/parts";
import { useMe } from "@/components/ui/rights";
import { Elapsed } from "@/components/ui/time";
import type { Tree } from "@/core/shapes/shapes";
import { amountText } from "@/core/words/remedies";
import { REASON_SAYS, whyEnded } from "@/core/words/trees";
import { remedyOf } from "./failed-words";
import { NeedFrame, type Unfolds } from "./need-frame";

interface FailedTreeProps extends Unfolds {
  tree: Tree;
  /** Why the last try to retry or dismiss it failed; null: no try failed. */
  failure: string | null;
}

/** A failed tree with its reason and what to do about it. A retry or dismissal can be undone for a few seconds. */
export function FailedTree({ tree, failure, ...unfolds }: FailedTreeProps) {
  const me = useMe();
  const { title, reason, id } = tree;
  const remedy = remedyOf(tree);
  return (
    <NeedFrame
      {...unfolds}
      data-failure={id}
      aria-label={`Failure: ${title}`}
      icon="failed"
      look="failed"
      kind="Failure"
      title={`${title} failed`}
      about={whyEnded(tree)}
      age={<Elapsed since={tree.ended_at} until={null} />}
    >
      <p className="wrap-anywhere font-medium text-body">
        <Link className="inline-block min-h-6 leading-6 hover:underline" href={listedAddress(tree)} prefetch={false}>
          {title} failed
        </Link>
      </p>
      <p className="wrap-anywhere mt-0.5 text-ink-2">
        {reason ? REASON_SAYS[reason] : "No reason was recorded."} {remedy.words}
      </p>
      <ActionRow>
        {remedy.retry ? (
          <Button onClick={() => retryTree(tree, remedy.more ?? {}, me)}>
            Retry{remedy.more ? ` with ${amountText(remedy.more)} more` : ""}
          </Button>
        ) : null}
        <Link className={buttonLook(remedy.retry ? "quiet" : "plain")} href={listedAddress(tree)} prefetch={false}>
          Open
        </Link>
        <Button look="quiet" onClick={() => dismissTree(tree, me)}>
          Dismiss
        </Button>
      </ActionRow>
      <DecisionFailure sentence={failure} />
    </NeedFrame>
  );
}
