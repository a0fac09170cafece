"use client";

import Link from "next/link";
import { REASONS } from "@/agents/core/reasons";
import type { Tree } from "@/agents/core/shapes";
import { Icon } from "@/components/ui/icon";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import { Elapsed } from "@/components/ui/time";
import { useAction } from "@/components/ui/use-action";
import { markSeen, retryTree } from "./failed-actions";
import { moreWords, remedyOf } from "./failed-words";

interface FailedTreeProps {
  tree: Tree;
  /** It goes on: what followed is said where it stood. */
  onDone: (sentence: string) => void;
  onSeen: () => void;
}

/** A tree that ended badly: why, and what can be done about it. */
export function FailedTree({ tree, onDone, onSeen }: FailedTreeProps) {
  const { pending, outcome, run } = useAction();
  const { title, reason, id } = tree;
  const remedy = remedyOf(tree);
  const retry = () =>
    run(
      () => retryTree(id, remedy.more),
      (result) => result.ok && onDone(result.sentence),
    );
  const see = () =>
    run(
      () => markSeen(id),
      (result) => result.ok && onSeen(),
    );
  return (
    <li className="need" data-failure={id} data-row tabIndex={-1} aria-label={`Failure: ${title}`}>
      <Icon name="failed" className="g s-failed" />
      <div className="min-w-0">
        <div className="top">
          <span className="kind s-failed">Failure</span>
          <span className="small faint age">
            <Elapsed since={tree.ended_at} until={null} />
          </span>
        </div>
        <p className="q">
          <Link href={`/trees/${id}`} prefetch={false}>
            {title} failed
          </Link>
        </p>
        <p className="why">
          {reason ? REASONS[reason].says : "No reason was recorded."} {remedy.words}
        </p>
        <div className="acts">
          {remedy.retry ? (
            <Button disabled={pending} onClick={retry}>
              Retry{remedy.more ? ` with ${moreWords(remedy.more)} more` : ""}
            </Button>
          ) : null}
          <Link className={`btn ${remedy.retry ? "quiet" : ""}`} href={`/trees/${id}`} prefetch={false}>
            Open
          </Link>
          <Button look="quiet" disabled={pending} onClick={see}>
            Seen, take it off this list
          </Button>
        </div>
        <OutcomeLine outcome={outcome?.ok ? null : outcome} />
      </div>
    </li>
  );
}
