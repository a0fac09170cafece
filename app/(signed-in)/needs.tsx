"use client";

import Link from "next/link";
import type { Review, Tree } from "@/agents/core/shapes";
import { ReviewEvidence } from "@/components/reviews/review-evidence";
import { useSaid } from "@/components/reviews/use-said";
import { REVIEW_ICONS, REVIEW_WORDS } from "@/components/reviews/words";
import { plural } from "@/components/ui/format";
import { Icon } from "@/components/ui/icon";
import { Elapsed } from "@/components/ui/time";
import { ReviewActions } from "./review-actions";

interface NeedsProps {
  /** The most pressing first. */
  reviews: Review[];
  trees: ReadonlyMap<string, Tree>;
  running: number;
  /** It is the page of them all. */
  isReview?: boolean;
  /** Of how many open ones these are the first; they all stand under Review. */
  total?: number;
}

/** What needs a person comes first, with the answer beside it. */
export function Needs({ reviews, trees, running, total = reviews.length, isReview = false }: NeedsProps) {
  const { line, say } = useSaid();
  const many = total > reviews.length ? `${reviews.length} of ${total}` : String(reviews.length);
  return (
    <section className="sect" aria-labelledby="needs">
      <header>
        <h2 id="needs">{isReview ? "Open" : "Needs you"}</h2>
        {reviews.length > 0 ? (
          <span className="faint">
            {many}
            {reviews.length > 1 ? ", by attention" : ""}
          </span>
        ) : null}
        {total > reviews.length && !isReview ? (
          <Link className="link small more" href="/review">
            All in Review
          </Link>
        ) : null}
      </header>
      {line}
      {reviews.length === 0 ? (
        <p className="dim py-2">
          Nothing needs you.{" "}
          {running === 0 ? "Nothing runs." : `${plural(running, "tree")} ${running === 1 ? "runs" : "run"}.`}
        </p>
      ) : (
        <ul className="rows">
          {reviews.map((review) => (
            <Need key={review.id} review={review} tree={trees.get(review.tree_id)} say={say} />
          ))}
        </ul>
      )}
    </section>
  );
}

interface NeedProps {
  review: Review;
  tree: Tree | undefined;
  say: (sentence: string) => void;
  /** Absent: whoever reads it may do everything. */
  rights?: { role: string; answer: boolean; decide: boolean };
}

export function Need({ review, tree, say, rights }: NeedProps) {
  const isAllowed = !rights || (review.kind === "question" ? rights.answer : rights.decide);
  const deciders = review.kind === "question" ? "Operators can answer" : "Reviewers can";
  return (
    <li className="need" data-review={review.id} data-row tabIndex={-1} aria-label={REVIEW_WORDS[review.kind]}>
      <Icon name={REVIEW_ICONS[review.kind]} className="g s-you" />
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
        <ReviewEvidence review={review} />
        {isAllowed ? (
          <ReviewActions review={review} reader="the task" linked onDone={say} />
        ) : (
          <p className="hint">
            You may look at this, not decide it: you are signed in as {rights.role}. {deciders}.
          </p>
        )}
      </div>
    </li>
  );
}
