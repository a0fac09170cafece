"use client";

import Link from "next/link";
import { useState } from "react";
import { SectionHead } from "@/components/ui/page/section";
import type { Review, Tree } from "@/core/shapes/shapes";
import { plural } from "@/core/words/figures";
import type { Places } from "./home-rows";
import { FailedTree } from "./needs/failed-tree";
import { Need } from "./needs/need";
import { SettledItem } from "./needs/settled-item";

interface HomeNeedsProps {
  shown: Places["needs"];
  reviews: Review[];
  trees: ReadonlyMap<string, Tree>;
  /** How many reviews are open in all. */
  open: number;
  running: number;
  onSeen: (treeId: string) => void;
}

/** What needs a person comes first, with the answer beside it. What is settled says so where it stood. */
export function HomeNeeds({ shown, reviews, trees, open, running, onSeen }: HomeNeedsProps) {
  const [said, setSaid] = useState<ReadonlyMap<string, string>>(new Map());
  const say = (id: string) => (sentence: string) => setSaid((before) => new Map(before).set(id, sentence));
  const byId = new Map(reviews.map((review) => [review.id, review]));
  const total = open + shown.failures.length;
  const here = shown.reviews.length + shown.failures.length;
  // What was settled just now stays readable, also when its item has left the list.
  const gone = [...said.keys()].filter((id) => !shown.reviews.includes(id) && !shown.failures.includes(id));
  return (
    <section className="mt-6 first:mt-0" aria-labelledby="needs">
      <SectionHead>
        <h2 id="needs">Needs you</h2>
        {here > 0 ? (
          <span className="text-ink-3">
            {total > here ? `${here} of ${total}` : here}
            {here > 1 ? ", by attention" : ""}
          </span>
        ) : null}
        {open > 0 ? (
          <Link className="link ml-auto text-small" href="/review">
            All in Review
          </Link>
        ) : null}
      </SectionHead>
      {here === 0 ? <NothingNeeded running={running} /> : null}
      <ul className="*:border-b *:border-line">
        {gone.map((id) => (
          <SettledItem key={id} sentence={said.get(id)} />
        ))}
        {shown.reviews.map((id) => {
          const review = byId.get(id);
          return review && !said.has(id) ? (
            <Need key={id} review={review} tree={trees.get(review.tree_id)} say={say(id)} />
          ) : (
            <SettledItem key={id} sentence={said.get(id)} />
          );
        })}
        {shown.failures.map((id) => {
          const tree = trees.get(id);
          return tree?.status === "failed" && !said.has(id) ? (
            <FailedTree key={id} tree={tree} onDone={say(id)} onSeen={() => onSeen(id)} />
          ) : (
            <SettledItem key={id} sentence={said.get(id)} />
          );
        })}
      </ul>
    </section>
  );
}

function NothingNeeded({ running }: { running: number }) {
  const runs = running === 0 ? "Nothing runs" : `${plural(running, "tree")} ${running === 1 ? "runs" : "run"}`;
  return <p className="py-2 text-ink-2">Nothing needs you. {runs}; questions, approvals and failures appear here.</p>;
}
