import Link from "next/link";
import type { ReactNode } from "react";
import { Act, actText } from "@/components/reviews/act";
import { REVIEW_ICONS, REVIEW_WORDS } from "@/components/reviews/words";
import { Icon } from "@/components/ui/icon";
import { Clock } from "@/components/ui/time";
import type { DecidedReview } from "@/core/shapes/review";
import type { Review } from "@/core/shapes/shapes";

type Words = Partial<Record<Review["status"], string>>;

/** Kinds whose decisions have other names than those of a flag. */
const OWN_WORDS: Partial<Record<Review["kind"], Words>> = {
  approval: { approved: "allowed", rejected: "not allowed" },
  proposal: { approved: "approved", rejected: "rejected" },
};
const WORDS: Words = {
  approved: "dealt with",
  rejected: "no problem",
  answered: "answered",
  withdrawn: "withdrawn: its task ended or cancelled it",
};

/** A decided item: the decision, by whom, and with which words. `undo`: a button that restores the previous version. */
export function DecidedRow({ review, undo }: { review: DecidedReview; undo?: ReactNode }) {
  const { kind, status, act, answer, decided_by, decided_at, tree_id, task_id, tree_title, agent } = review;
  const word = OWN_WORDS[kind]?.[status] ?? WORDS[status] ?? status;
  const rule = review.decided_by_rule;
  return (
    <li
      className="grid grid-cols-[112px_minmax(0,1fr)_auto] items-baseline gap-x-3 gap-y-1 py-2 phone:grid-cols-1"
      aria-label={`${actText(act)}, ${word}`}
      data-decided={review.id}
    >
      <span className="flex min-w-0 items-center gap-2 self-start whitespace-nowrap text-ink-3 text-small">
        <Icon name={REVIEW_ICONS[kind]} className="size-3 flex-none text-idle" />{" "}
        {decided_at ? <Clock at={decided_at} /> : null}
      </span>
      <div className="min-w-0">
        <p className="wrap-anywhere">
          <Link className="link" href={`/review?item=${review.id}`}>
            <Act act={act} />
          </Link>
        </p>
        {answer ? <p className="wrap-anywhere text-ink-2">“{answer.slice(0, 300)}”</p> : null}
        <p className="min-w-0 truncate text-ink-3 text-small">
          {agent} in{" "}
          <Link className="link" href={`/trees/${tree_id}?task=${task_id}`}>
            {tree_title}
          </Link>
        </p>
      </div>
      <div className="text-ink-3 text-small">
        <p>
          {REVIEW_WORDS[kind]}, {word}
          {rule ? (
            <>
              {" by "}
              <Link className="link" href={`/review/rules#${rule}`}>
                a rule
              </Link>
            </>
          ) : decided_by ? (
            ` by ${decided_by}`
          ) : null}
        </p>
        {undo}
      </div>
    </li>
  );
}
