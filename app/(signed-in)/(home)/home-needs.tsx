"use client";

import Link from "next/link";
import { useState } from "react";
import type { Review, Tree } from "@/agents/core/shapes";
import { plural } from "@/components/ui/format";
import { FailedTree } from "./failed-tree";
import type { Places } from "./home-rows";
import { Need } from "./need";
import { SettledItem } from "./settled-item";

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
    <section className="sect" aria-labelledby="needs">
      <header>
        <h2 id="needs">Needs you</h2>
        {here > 0 ? (
          <span className="faint">
            {total > here ? `${here} of ${total}` : here}
            {here > 1 ? ", by attention" : ""}
          </span>
        ) : null}
        {open > 0 ? (
          <Link className="link small more" href="/review">
            All in Review
          </Link>
        ) : null}
      </header>
      {here === 0 ? <NothingNeeded running={running} /> : null}
      <ul className="rows">
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
  return <p className="dim py-2">Nothing needs you. {runs}; questions, approvals and failures appear here.</p>;
}
