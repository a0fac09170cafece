"use client";

import Link from "next/link";
import { markSeen } from "@/app/actions/seen";
import { ActionRow } from "@/components/reviews/action-row";
import { buttonLook } from "@/components/ui/button-look";
import { useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import { Elapsed } from "@/components/ui/time";
import type { Tree } from "@/core/shapes/shapes";
import { REASON_WORDS } from "@/core/words/reasons";
import { retryTree } from "./failed-actions";
import { moreWords, remedyOf } from "./failed-words";
import { NeedFrame } from "./need-frame";

interface FailedTreeProps {
  tree: Tree;
  /** Receives the server's sentence after a retry, to show in place of the failure. */
  onDone: (treeId: string, sentence: string) => void;
  onSeen: (treeId: string) => void;
}

/** A failed tree with its reason and what to do about it. */
export function FailedTree({ tree, onDone, onSeen }: FailedTreeProps) {
  const { pending, outcome, run } = useAction();
  const { title, reason, id } = tree;
  const remedy = remedyOf(tree);
  const retry = () =>
    run(
      () => retryTree(id, remedy.more),
      (result) => result.ok && onDone(id, result.sentence),
    );
  const see = () =>
    run(
      () => markSeen(id),
      (result) => result.ok && onSeen(id),
    );
  return (
    <NeedFrame
      data-failure={id}
      aria-label={`Failure: ${title}`}
      icon="failed"
      look="failed"
      kind="Failure"
      age={<Elapsed since={tree.ended_at} until={null} />}
    >
      <p className="font-medium text-body">
        <Link className="inline-block min-h-6 leading-6 hover:underline" href={`/trees/${id}`} prefetch={false}>
          {title} failed
        </Link>
      </p>
      <p className="mt-0.5 text-ink-2">
        {reason ? REASON_WORDS[reason].says : "No reason was recorded."} {remedy.words}
      </p>
      <ActionRow>
        {remedy.retry ? (
          <Button disabled={pending} onClick={retry}>
            Retry{remedy.more ? ` with ${moreWords(remedy.more)} more` : ""}
          </Button>
        ) : null}
        <Link className={buttonLook(remedy.retry ? "quiet" : "plain")} href={`/trees/${id}`} prefetch={false}>
          Open
        </Link>
        <Button look="quiet" disabled={pending} onClick={see}>
          Dismiss
        </Button>
      </ActionRow>
      <OutcomeLine outcome={outcome?.ok ? null : outcome} />
    </NeedFrame>
  );
}
