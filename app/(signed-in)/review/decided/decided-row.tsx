import Link from "next/link";
import type { ReactNode } from "react";
import type { Review } from "@/agents/core/shapes";
import type { DecidedReview } from "@/agents/core/shapes-review";
import { argumentsOf, toolOf } from "@/components/reviews/approval-text";
import { REVIEW_ICONS, REVIEW_WORDS } from "@/components/reviews/words";
import { plain } from "@/components/ui/format";
import { Icon } from "@/components/ui/icon";
import { Clock } from "@/components/ui/time";

type Words = Partial<Record<Review["status"], string>>;

/** Where a decision is called otherwise than that of a flag. */
const OWN_WORDS: Partial<Record<Review["kind"], Words>> = {
  approval: { approved: "allowed", rejected: "not allowed" },
  proposal: { approved: "approved", rejected: "rejected" },
};
const WORDS: Words = {
  approved: "dealt with",
  rejected: "no problem",
  answered: "answered",
  withdrawn: "withdrawn: its task ended, or called it off",
};

/** What was decided, by whom, with which words; `undo`: what can still be done about it. */
export function DecidedRow({ review, undo }: { review: DecidedReview; undo?: ReactNode }) {
  const { kind, status, title, answer, decided_by, decided_at, tree_id, task_id, tree_title, agent } = review;
  const word = OWN_WORDS[kind]?.[status] ?? WORDS[status] ?? status;
  const rule = /^rule (\w+)$/.exec(decided_by ?? "")?.[1];
  const isCall = kind === "approval";
  return (
    <li className="deed" data-decided={review.id}>
      <span className="flex small faint nowrap self-start">
        <Icon name={REVIEW_ICONS[kind]} className="g" /> {decided_at ? <Clock at={decided_at} /> : null}
      </span>
      <div className="min-w-0">
        <p className="wrapany">
          <Link className="link" href={`/review?item=${review.id}`}>
            {isCall ? toolOf(review) : plain(title.split("\n", 1)[0] ?? "")}
          </Link>{" "}
          {isCall ? <span className="dim mono">{argumentsOf(review).slice(0, 200)}</span> : null}
        </p>
        {answer ? <p className="dim wrapany">“{answer.slice(0, 300)}”</p> : null}
        <p className="small faint cut">
          {agent} in{" "}
          <Link className="link" href={`/trees/${tree_id}?task=${task_id}`}>
            {tree_title}
          </Link>
        </p>
      </div>
      <div className="small faint">
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
