"use client";

import Link from "next/link";
import type { Review, Tree } from "@/agents/core/shapes";
import { answerReview, decideReview } from "@/app/actions/task-commands";
import { AnswerBox } from "@/components/reviews/answer-box";
import { FlagActions } from "@/components/reviews/flag-actions";
import { detailOf, REVIEW_WORDS } from "@/components/reviews/words";
import { Markdown } from "@/components/text/markdown";
import { plural } from "@/components/ui/format";
import { Icon, type IconName } from "@/components/ui/icon";
import { Elapsed } from "@/components/ui/time";

const ICONS: Record<Review["kind"], IconName> = {
  question: "you",
  approval: "approval",
  proposal: "proposal",
  change: "approval",
  flag: "flag",
};

interface NeedsProps {
  reviews: Review[];
  trees: ReadonlyMap<string, Tree>;
  running: number;
}

/** What needs a person comes first, with the answer beside it. */
export function Needs({ reviews, trees, running }: NeedsProps) {
  return (
    <section className="sect" aria-labelledby="needs">
      <header>
        <h2 id="needs">Needs you</h2>
        {reviews.length > 0 ? <span className="faint">{reviews.length}</span> : null}
      </header>
      {reviews.length === 0 ? (
        <p className="dim py-2">
          Nothing needs you.{" "}
          {running === 0 ? "Nothing runs." : `${plural(running, "tree")} ${running === 1 ? "runs" : "run"}.`}
        </p>
      ) : (
        <ul className="rows">
          {reviews.map((review) => (
            <Need key={review.id} review={review} tree={trees.get(review.tree_id)} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Need({ review, tree }: { review: Review; tree: Tree | undefined }) {
  return (
    <li className="need" data-review={review.id}>
      <Icon name={ICONS[review.kind]} className="g s-you" />
      <div className="min-w-0">
        <div className="top">
          <span className="kind s-you">{REVIEW_WORDS[review.kind]}</span>
          <span className="crumb cut">
            <Link href={`/trees/${review.tree_id}?task=${review.task_id}`}>{tree?.title ?? "Open the task"}</Link>
          </span>
          <span className="small faint age">
            <Elapsed since={review.created_at} until={null} />
          </span>
        </div>
        <div className="q">
          <Markdown text={review.title} />
        </div>
        {detailOf(review) ? (
          <div className="why">
            <Markdown text={detailOf(review)} />
          </div>
        ) : null}
        {review.kind === "question" ? (
          <AnswerBox reviewId={review.id} reader="the task" answer={answerReview} />
        ) : (
          <FlagActions review={review} decide={decideReview} />
        )}
      </div>
    </li>
  );
}
