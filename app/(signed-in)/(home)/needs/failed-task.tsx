"use client";

import Link from "next/link";
import { ActionRow, DecisionFailure } from "@/components/reviews/action-row";
import { retryTask } from "@/components/reviews/failure-decisions";
import { buttonLook } from "@/components/ui/button-look";
import { Button } from "@/components/ui/parts";
import { useMe } from "@/components/ui/rights";
import { Elapsed } from "@/components/ui/time";
import type { FailedTask } from "@/core/shapes/trees";
import { type Remedy, remediesOf, remedyText } from "@/core/words/remedies";
import { REASON_SAYS, whyEnded } from "@/core/words/trees";
import { NeedFrame, type Unfolds } from "./need-frame";

interface FailedTaskItemProps extends Unfolds {
  failed: FailedTask;
  /** Why the last try to retry it failed; null: no try failed. */
  failure: string | null;
}

/** A failed task whose parent still waits, with its reason and remedy. Without a retry, the parent reads the failure. */
export function FailedTaskItem({ failed: { task, tree }, failure, ...unfolds }: FailedTaskItemProps) {
  const me = useMe();
  const { id, title, reason, reason_detail: detail } = task;
  const address = `/trees/${tree.id}?task=${id}`;
  const [remedy] = remediesOf(task, new Map());
  const retry = (of: Remedy) => {
    const { kind, ...more } = of.kind === "grant" ? of : { kind: of.kind };
    retryTask(task, more, me);
  };
  return (
    <NeedFrame
      {...unfolds}
      data-failed-task={id}
      aria-label={`Failure: ${title}`}
      icon="failed"
      look="failed"
      kind="Failure"
      title={`${title} failed`}
      about={`${tree.title} · ${whyEnded(task)}`}
      place={
        <span className="min-w-0 truncate text-ink-3 text-small phone:flex-1 phone:leading-5">
          <Link className="inline-block min-h-6 leading-6" href={`/trees/${tree.id}`} prefetch={false}>
            {tree.title}
          </Link>
        </span>
      }
      age={<Elapsed since={task.ended_at} until={null} />}
    >
      <p className="wrap-anywhere font-medium text-body">
        <Link className="inline-block min-h-6 leading-6 hover:underline" href={address} prefetch={false}>
          {title} failed
        </Link>
      </p>
      <p className="wrap-anywhere mt-0.5 text-ink-2">
        {reason ? REASON_SAYS[reason] : "No reason was recorded."} {detail ?? ""} The tree is still running: without a
        retry, its parent task continues with this failure.
      </p>
      <ActionRow>
        <FirstRemedy remedy={remedy} address={address} retry={retry} />
        <Link className={buttonLook("quiet")} href={address} prefetch={false}>
          Open
        </Link>
      </ActionRow>
      <DecisionFailure sentence={failure} />
    </NeedFrame>
  );
}

interface FirstRemedyProps {
  remedy: Remedy | undefined;
  address: string;
  retry: (remedy: Remedy) => void;
}

/** The most useful remedy: a button that retries, or a link to where the person writes what is needed. */
function FirstRemedy({ remedy, address, retry }: FirstRemedyProps) {
  if (!remedy) return null;
  if (remedy.kind === "retry" || remedy.kind === "grant")
    return <Button onClick={() => retry(remedy)}>{remedyText(remedy)}</Button>;
  const href = remedy.kind === "key" ? "/settings/keys" : remedy.kind === "new" ? "/#new" : address;
  return (
    <Link className={buttonLook()} href={href} prefetch={false}>
      {remedyText(remedy)}
    </Link>
  );
}
